# ---
# id: "nan/division_by_empty_mask"
# kind: "silent"
# cause: "A row without valid entries divides 0 by 0."
# ---
import torch
from torch import nn

torch.manual_seed(0)
score = nn.Linear(6, 1)
opt = torch.optim.SGD(score.parameters(), lr=0.1)
for k in range(10):
    items = torch.randn(8, 5, 6)
    valid = (torch.rand(8, 5) > 0.5).float()
    valid[3] = 0
    points = score(items).squeeze(-1)
    mean = (points * valid).sum(1) / valid.sum(1)
    loss = (mean - 1).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
