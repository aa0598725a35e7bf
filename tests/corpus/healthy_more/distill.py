# ---
# looks_like: Two models, one of them under no_grad; a softmax and a log_softmax before KL divergence, as it wants them.
# ---
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
X = torch.randn(256, 8); Y = (X[:, 0] > 0).long() + (X[:, 1] > 0).long()
teacher = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 3)); student = nn.Linear(8, 3)
opt = torch.optim.Adam(teacher.parameters(), 1e-2)
for i in range(60):
    opt.zero_grad(); F.cross_entropy(teacher(X), Y).backward(); opt.step()
teacher.eval(); T = 2.0
opt = torch.optim.Adam(student.parameters(), 1e-2)
for i in range(60):
    with torch.no_grad(): tl = teacher(X)
    sl = student(X)
    loss = F.kl_div(F.log_softmax(sl / T, 1), F.softmax(tl / T, 1), reduction="batchmean") * T * T * .7 + F.cross_entropy(sl, Y) * .3
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
