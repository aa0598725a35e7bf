# ---
# looks_like: Two forward and backward passes for each step, weights moved in place and back.
# ---
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(128, 4); Y = (X.sum(1) > 0).long()
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.SGD(net.parameters(), .1); rho = .05
for i in range(40):
    nn.functional.cross_entropy(net(X), Y).backward()
    with torch.no_grad():
        norm = torch.stack([p.grad.norm() for p in net.parameters()]).norm() + 1e-12
        eps = [p.grad * rho / norm for p in net.parameters()]
        for p, e in zip(net.parameters(), eps): p.add_(e)
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(X), Y); loss.backward()
    with torch.no_grad():
        for p, e in zip(net.parameters(), eps): p.sub_(e)
    opt.step(); opt.zero_grad()
print(loss.item())
