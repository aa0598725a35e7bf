# ---
# fixes: "data/inputs_shuffled_without_labels"
# kind: "fixed"
# ---
import torch
from torch import nn

torch.manual_seed(0)
points = torch.randn(300, 2)
ring = (points.norm(dim=1) > 1.2).long()
net = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(15):
    perm = torch.randperm(300)
    shuffled = points[perm]
    for i in range(0, 300, 60):
        out = net(shuffled[i : i + 60])
        loss = nn.functional.cross_entropy(out, ring[perm][i : i + 60])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
