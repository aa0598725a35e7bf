# ---
# id: "autograd/init_weights_in_place"
# kind: "raises"
# cause: "weights are filled in place (uniform_ through the leaf itself) outside no_grad."
# fix: "under torch.no_grad()."
# ---
import math

import torch
from torch import nn


class Siren(nn.Module):
    """A network of sines wants its own initial weights."""

    def __init__(self, widths, omega=12.0):
        super().__init__()
        self.omega = omega
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        self.reset()

    def reset(self):
        for depth, layer in enumerate(self.layers):
            fan_in = layer.in_features
            bound = 1 / fan_in if depth == 0 else math.sqrt(6 / fan_in) / self.omega
            layer.weight.uniform_(-bound, bound)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.sin(self.omega * layer(x))
        return self.layers[-1](x)


def main():
    torch.manual_seed(0)
    field = Siren([2, 32, 32, 1])
    grid = torch.rand(200, 2) * 2 - 1
    wanted = (grid[:, :1] * 6).cos() * grid[:, 1:]
    optimizer = torch.optim.Adam(field.parameters(), 1e-3)
    for _ in range(30):
        error = (field(grid) - wanted).pow(2).mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    print(f"{error.item():.4f}")


if __name__ == "__main__":
    main()
