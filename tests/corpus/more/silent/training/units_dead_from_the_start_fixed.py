# ---
# id: "training/units_dead_from_the_start"
# kind: "silent"
# cause: "the biases are filled with -10, so no ReLU unit of the layer is ever active."
# fix: "biases of 0."
# ---
import torch
from torch import nn

torch.manual_seed(0)


def initialise(module):
    if isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)


net = nn.Sequential(nn.Linear(4, 20), nn.ReLU(), nn.Linear(20, 20), nn.ReLU(), nn.Linear(20, 3))
net.apply(initialise)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
x = torch.randn(150, 4)
y = x[:, :3].argmax(1)
for epoch in range(20):
    for bx, by in zip(x.split(30), y.split(30)):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(bx), by)
        loss.backward()
        optimizer.step()
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
