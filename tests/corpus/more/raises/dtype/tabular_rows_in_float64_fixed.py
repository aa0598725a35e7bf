# ---
# id: "dtype/tabular_rows_in_float64"
# kind: "raises"
# cause: "pandas-like rows are float64 numpy; torch.from_numpy keeps float64 while the layers are float32."
# fix: "make the features float32 where the tensor is made."
# ---
import argparse
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


@dataclass
class Config:
    width: int = 24
    rate: float = 3e-3
    epochs: int = 2


class Houses(Dataset):
    def __init__(self, n):
        generator = np.random.default_rng(3)
        self.rows = generator.normal(size=(n, 7))
        self.prices = self.rows @ np.arange(1.0, 8.0)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return {
            "row": torch.from_numpy(self.rows[index]).float(),
            "price": torch.tensor(self.prices[index], dtype=torch.float32),
        }


class Regressor(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.stack = nn.Sequential(nn.Linear(7, config.width), nn.Tanh(), nn.Linear(config.width, 1))

    def forward(self, batch):
        return self.stack(batch["row"]).squeeze(-1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=2)
    config = Config(epochs=parser.parse_args().epochs)
    model = Regressor(config)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.rate)
    for _ in range(config.epochs):
        for batch in DataLoader(Houses(96), batch_size=16, shuffle=True):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(batch), batch["price"])
            loss.backward()
            optimizer.step()
    print(f"loss {loss.item():.3f}")


if __name__ == "__main__":
    main()
