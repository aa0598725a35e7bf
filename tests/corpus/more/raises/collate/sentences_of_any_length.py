# ---
# id: "collate/sentences_of_any_length"
# kind: "raises"
# cause: "The sentences have different lengths, and the default collate can only stack equal ones."
# ---
import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset


class Reviews(Dataset):
    def __init__(self, n):
        g = torch.Generator().manual_seed(0)
        self.texts = [torch.randint(1, 99, (int(torch.randint(3, 9, (1,), generator=g)),)) for _ in range(n)]

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, i):
        return self.texts[i], i % 2


def together(batch):
    texts, stars = zip(*batch)
    return pad_sequence(texts, batch_first=True), torch.tensor(stars)


loader = DataLoader(Reviews(20), batch_size=5)
for texts, stars in loader:
    print(texts.shape)
