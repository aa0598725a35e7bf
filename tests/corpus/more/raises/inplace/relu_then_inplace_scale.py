# ---
# id: "inplace/relu_then_inplace_scale"
# kind: "raises"
# cause: "sigmoid saved its output for backward, and the next line changes that output in place."
# ---
import torch
from torch import nn

torch.manual_seed(0)


class Gate(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.value = nn.Linear(n, n)
        self.gate = nn.Linear(n, n)

    def forward(self, x):
        g = torch.sigmoid(self.gate(x))
        g *= 2
        return g * self.value(x)


model = nn.Sequential(Gate(5), nn.Linear(5, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(10, 5), torch.randn(10, 1)
for _ in range(3):
    opt.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    opt.step()
