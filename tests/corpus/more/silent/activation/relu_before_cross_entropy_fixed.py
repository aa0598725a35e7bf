# ---
# fixes: "activation/relu_before_cross_entropy"
# kind: "fixed"
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F


class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


torch.manual_seed(0)
mlp = MLP([8, 16, 16, 5])
opt = torch.optim.SGD(mlp.parameters(), lr=0.05)
for _ in range(40):
    y = torch.randint(0, 5, (32,))
    x = torch.randn(32, 8)
    x[torch.arange(32), y] += 3
    opt.zero_grad()
    F.cross_entropy(mlp(x), y).backward()
    opt.step()
