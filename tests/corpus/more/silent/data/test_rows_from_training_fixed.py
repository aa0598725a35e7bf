# ---
# id: "data/test_rows_from_training"
# kind: "silent"
# cause: "the test set is drawn from all rows, so most of it was trained on."
# fix: "take the rows left over."
# ---
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset


def split(data, share, seed=0):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data))
    cut = int(len(data) * share)
    train = Subset(data, order[:cut].tolist())
    test = Subset(data, order[cut:].tolist())
    return train, test


def score(model, data):
    model.eval()
    with torch.no_grad():
        right = [(model(x).argmax(1) == y).float() for x, y in DataLoader(data, 32)]
    return torch.cat(right).mean().item()


def main():
    torch.manual_seed(0)
    data = TensorDataset(torch.randn(200, 20), torch.randint(0, 2, (200,)))
    train, test = split(data, 0.8)
    model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(15):
        model.train()
        for x, y in DataLoader(train, 32, shuffle=True):
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(f"train {score(model, train):.2f} test {score(model, test):.2f}")


if __name__ == "__main__":
    main()
