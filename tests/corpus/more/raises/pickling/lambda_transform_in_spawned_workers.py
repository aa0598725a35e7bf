# ---
# id: "pickling/lambda_transform_in_spawned_workers"
# kind: "raises"
# cause: "Spawned workers are sent the data set by pickle, and the lambda it holds cannot be pickled."
# ---
import torch
from torch.utils.data import DataLoader, Dataset


def halve(x):
    return x / 2


class Noisy(Dataset):
    def __init__(self, transform):
        self.data = torch.rand(8, 3)
        self.transform = transform

    def __len__(self):
        return 8

    def __getitem__(self, i):
        return self.transform(self.data[i])


if __name__ == "__main__":
    ds = Noisy(lambda x: x / 2)
    loader = DataLoader(ds, batch_size=4, num_workers=1, multiprocessing_context="spawn")
    for batch in loader:
        print(batch.shape)
