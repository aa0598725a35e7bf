# ---
# fixes: "mode/eval_in_epoch_never_back"
# kind: "fixed"
# ---
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def evaluate(model, loader):
    model.eval()
    hits = 0
    with torch.no_grad():
        for x, y in loader:
            hits += (model(x).argmax(1) == y).sum().item()
    return hits / len(loader.dataset)


def fit(model, train, val, epochs=4):
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    for epoch in range(epochs):
        model.train()
        for x, y in train:
            opt.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            opt.step()
        print(epoch, evaluate(model, val))


def split(n):
    y = torch.randint(0, 2, (n,))
    return TensorDataset(torch.randn(n, 5) + y[:, None] * 1.5, y)


net = nn.Sequential(nn.Linear(5, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.4), nn.Linear(32, 2))
fit(net, DataLoader(split(96), 16, shuffle=True), DataLoader(split(48), 16))
