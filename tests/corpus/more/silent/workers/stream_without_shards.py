# ---
# id: "workers/stream_without_shards"
# kind: "silent"
# cause: "the iterable data set gives all its samples in every worker, so each sample comes twice an epoch."
# fix: "take a share by get_worker_info()."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info


class Stream(IterableDataset):
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        for k in range(self.count):
            x = torch.tensor([k / self.count, (k % 7) / 7])
            yield x, x.sum()


def main():
    torch.manual_seed(0)
    loader = DataLoader(Stream(120), batch_size=12, num_workers=2)
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    count = 0
    for x, y in loader:
        loss = nn.functional.mse_loss(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        count += len(x)
    print(f"{loss.item():.3f}", "samples in an epoch of 120:", count)


if __name__ == "__main__":
    main()
