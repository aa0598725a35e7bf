# ---
# id: "autograd/everything_frozen_but_bias"
# kind: "silent"
# cause: "the freezing loop tests the wrong thing (\"weight\" in name) and freezes the new head's weight too; only biases learn."
# fix: "freeze the trunk only."
# ---
import torch
from torch import nn

torch.manual_seed(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU())
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.trunk(x))


net = Net()
for parameter in net.trunk.parameters():
    parameter.requires_grad = False

optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=2e-2)
x = torch.randn(240, 8)
y = x[:, :3].argmax(1)
for epoch in range(15):
    for rows in torch.randperm(240).split(60):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
