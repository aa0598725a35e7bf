# ---
# id: "module/init_without_super"
# kind: "raises"
# cause: "__init__ of the subclass does not call super().__init__()."
# fix: "call it first."
# ---
import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.ReLU())

    def forward(self, x):
        return x + self.body(x)


class Mixer(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.width = width
        self.blocks = nn.ModuleList([Residual(width) for _ in range(depth)])
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def run(width=8, depth=2):
    model = Mixer(width, depth)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
    for _ in range(5):
        x = torch.randn(16, width)
        loss = (model(x) - x.sum(1, keepdim=True)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


if __name__ == "__main__":
    torch.manual_seed(0)
    print(run())
