# ---
# id: "backward/accuracy_used_as_loss"
# kind: "raises"
# cause: "The loss is the share of wrong answers: a comparison of argmax with labels has no gradient."
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
    loss = (out.argmax(1) != side).float().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
