# ---
# id: "training/rate_far_too_low"
# kind: "silent"
# cause: "the learning rate is 1e-8 (typed as 1e-2 * 1e-6 by a wrong scaling), so the weights hardly move."
# fix: "a rate of 1e-2."
# ---
import argparse

import torch
from torch import nn


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(2, 16, batch_first=True)
        self.head = nn.Linear(16, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


def data(n):
    x = torch.rand(n, 8, 2)
    return x, x[..., 0].sum(1, keepdim=True) - x[..., 1].sum(1, keepdim=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=1e-8)
    options = parser.parse_args()
    torch.manual_seed(0)
    model = Lstm()
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.lr)
    for step in range(60):
        x, y = data(32)
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 0:
            print(step, f"{loss.item():.3f}")


if __name__ == "__main__":
    main()
