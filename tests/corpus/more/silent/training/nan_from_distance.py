# ---
# id: "training/nan_from_distance"
# kind: "silent"
# cause: "the square root of the distance of a point to itself has an infinite gradient, and 0 * inf gives NaN."
# fix: "add a small number under the root."
# ---
import torch
from torch import nn


def pairwise(z):
    difference = z[:, None] - z[None]
    return difference.pow(2).sum(-1).sqrt()


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, x):
        return self.net(x)


def main():
    torch.manual_seed(0)
    x = torch.randn(40, 10)
    wanted = torch.cdist(x, x)
    model = Embedder()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for step in range(30):
        stress = (pairwise(model(x)) - wanted).square().mean()
        optimizer.zero_grad()
        stress.backward()
        optimizer.step()
    print("stress", stress.item())


if __name__ == "__main__":
    main()
