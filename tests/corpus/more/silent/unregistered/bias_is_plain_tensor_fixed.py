# ---
# fixes: "unregistered/bias_is_plain_tensor"
# kind: "fixed"
# ---
import torch
from torch import nn


class ScaledLinear(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.inner = nn.Linear(i, o)
        self.scale = nn.Parameter(torch.ones(o))

    def forward(self, x):
        return self.inner(x) * self.scale


torch.manual_seed(0)
m = ScaledLinear(4, 2)
optimizer = torch.optim.SGD(m.parameters(), lr=0.05)
for _ in range(30):
    x = torch.randn(16, 4)
    target = torch.stack([x.sum(1) * 5, x[:, 0]], 1)
    optimizer.zero_grad()
    ((m(x) - target) ** 2).mean().backward()
    optimizer.step()
