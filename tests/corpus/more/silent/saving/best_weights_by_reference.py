# ---
# id: "saving/best_weights_by_reference"
# kind: "silent"
# cause: "state_dict() gives references to the live weights, so the kept best weights change with training."
# fix: "copy.deepcopy(model.state_dict())."
# ---
import copy
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class EarlyStopping:
    best: float = float("inf")
    weights: dict | None = None

    def __call__(self, value, model):
        if value < self.best:
            self.best = value
            self.weights = model.state_dict()


def train(model, stopper, x, y, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(epochs):
        loss = nn.functional.mse_loss(model(x[:40]), y[:40])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            stopper(nn.functional.mse_loss(model(x[40:]), y[40:]).item(), model)


def main():
    torch.manual_seed(0)
    x = torch.randn(80, 10)
    y = x[:, :1] + 1.5 * torch.randn(80, 1)
    model = nn.Sequential(nn.Linear(10, 64), nn.Tanh(), nn.Linear(64, 1))
    stopper = EarlyStopping()
    train(model, stopper, x, y, 80)
    model.load_state_dict(stopper.weights)
    with torch.no_grad():
        print(f"best {stopper.best:.3f} restored {nn.functional.mse_loss(model(x[40:]), y[40:]).item():.3f}")


if __name__ == "__main__":
    main()
