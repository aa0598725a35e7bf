# ---
# id: "memory/history_of_losses"
# kind: "silent"
# cause: "the history keeps loss tensors with their graphs, so memory grows with every step."
# fix: "keep loss.item()."
# ---
import statistics

import torch
from torch import nn


class History:
    def __init__(self):
        self.values = []

    def add(self, value):
        self.values.append(value)

    def mean(self, last=20):
        return statistics.fmean(float(v) for v in self.values[-last:])


class Loop:
    def __init__(self, model):
        self.model = model
        self.history = History()
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.05)

    def step(self, x, y):
        loss = nn.functional.huber_loss(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.history.add(loss.item())


def main():
    torch.manual_seed(0)
    loop = Loop(nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1)))
    for _ in range(80):
        x = torch.randn(16, 4)
        loop.step(x, x.prod(1, keepdim=True))
    print(f"{loop.history.mean():.3f}", type(loop.history.values[-1]).__name__)


if __name__ == "__main__":
    main()
