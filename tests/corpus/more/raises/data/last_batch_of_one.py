# ---
# id: "data/last_batch_of_one"
# kind: "raises"
# cause: "65 samples in batches of 16 leave a last batch of one, and BatchNorm cannot train on one value per channel."
# fix: "drop_last=True."
# ---
import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


def make_model():
    return nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 3))


def loaders(batch):
    x = torch.randn(81, 6)
    data = TensorDataset(x, x[:, :3].argmax(1))
    train, valid = random_split(data, [65, 16], torch.Generator().manual_seed(0))
    return DataLoader(train, batch_size=batch, shuffle=True), DataLoader(valid, batch_size=batch)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=16)
    options = parser.parse_args()
    torch.manual_seed(0)
    train, valid = loaders(options.batch)
    model = make_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(2):
        model.train()
        for x, y in train:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            right = sum((model(x).argmax(1) == y).sum().item() for x, y in valid)
        print(right, "of", len(valid.dataset))


if __name__ == "__main__":
    main()
