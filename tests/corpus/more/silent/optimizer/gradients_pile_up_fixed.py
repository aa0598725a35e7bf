# ---
# id: "optimizer/gradients_pile_up"
# kind: "silent"
# cause: "zero_grad stands before the loop over batches, so gradients of all batches of an epoch add up though a step is made on each."
# fix: "zero_grad for each batch."
# ---
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class Settings:
    rate: float = 0.05
    epochs: int = 6
    batch: int = 8


class Trainer:
    def __init__(self, model, settings):
        self.model, self.settings = model, settings
        self.optimizer = torch.optim.SGD(model.parameters(), lr=settings.rate)

    def fit(self, data):
        for epoch in range(self.settings.epochs):
            total = 0.0
            for features, label in DataLoader(data, self.settings.batch, shuffle=True):
                loss = nn.functional.cross_entropy(self.model(features), label)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                total += loss.item()
            print(f"epoch {epoch} loss {total:.3f}")


def main():
    torch.manual_seed(0)
    x = torch.randn(320, 5)
    y = (x[:, 0] * x[:, 1] > 0).long()
    model = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 2))
    Trainer(model, Settings()).fit(TensorDataset(x, y))


if __name__ == "__main__":
    main()
