# ---
# fixes: "backward/accuracy_used_as_loss"
# kind: "fixed"
# ---
import torch
from torch import nn

torch.manual_seed(0)
mlp = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 2))
opt = torch.optim.Adam(mlp.parameters(), lr=0.01)
pts = torch.randn(64, 2)
side = (pts[:, 0] > 0).long()
for _ in range(5):
    out = mlp(pts)
    loss = nn.functional.cross_entropy(out, side)
    opt.zero_grad()
    loss.backward()
    opt.step()
