# ---
# looks_like: Values are used as numbers in one loss and as tensors in another.
# ---
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
class AC(nn.Module):
    def __init__(self): super().__init__(); self.b = nn.Linear(4, 32); self.pi = nn.Linear(32, 2); self.v = nn.Linear(32, 1)
    def forward(self, s): h = F.relu(self.b(s)); return F.softmax(self.pi(h), -1), self.v(h)
net = AC(); opt = torch.optim.Adam(net.parameters(), 3e-2)
for ep in range(12):
    saved, rewards = [], []
    for t in range(8):
        s = torch.randn(4); p, v = net(s); m = torch.distributions.Categorical(p); a = m.sample(); saved.append((m.log_prob(a), v)); rewards.append(float(a == int(s[0] > 0)))
    R = 0; ret = []
    for r in reversed(rewards): R = r + .9 * R; ret.insert(0, R)
    ret = torch.tensor(ret); pl, vl = [], []
    for (lp, v), R in zip(saved, ret):
        pl.append(-lp * (R - v.item())); vl.append(F.smooth_l1_loss(v, torch.tensor([R])))
    opt.zero_grad(); loss = torch.stack(pl).sum() + torch.stack(vl).sum(); loss.backward(); opt.step()
print(loss.item())
