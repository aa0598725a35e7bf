# ---
# fixes: "dtype/dataset_gives_int_features"
# kind: "fixed"
# ---
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset


class Clicks(Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        *counts, bought = self.rows[i]
        return torch.tensor(counts, dtype=torch.float32), torch.tensor(float(bought))


class Scorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(3, 8)
        self.head = nn.Linear(8, 1)

    def forward(self, counts):
        return self.head(torch.relu(self.hidden(counts))).squeeze(-1)


def fit(scorer, loader):
    opt = torch.optim.SGD(scorer.parameters(), lr=0.01)
    bce = nn.BCEWithLogitsLoss()
    for counts, bought in loader:
        opt.zero_grad()
        bce(scorer(counts), bought).backward()
        opt.step()


rows = [(i % 5, i % 3, i % 7, i % 2) for i in range(40)]
fit(Scorer(), DataLoader(Clicks(rows), batch_size=8, shuffle=True))
