# ---
# looks_like: A loss that becomes negative; no single module is called by the loop.
# ---
import math, torch
from torch import nn
torch.manual_seed(0)
class Coupling(nn.Module):
    def __init__(self, flip): super().__init__(); self.flip = flip; self.net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2))
    def forward(self, x):
        a, b = (x[:, 1:], x[:, :1]) if self.flip else (x[:, :1], x[:, 1:]); s, t = self.net(a).chunk(2, 1); s = torch.tanh(s); b = b * s.exp() + t
        return (torch.cat([b, a], 1) if self.flip else torch.cat([a, b], 1)), s.sum(1)
flows = nn.ModuleList([Coupling(i % 2) for i in range(4)]); opt = torch.optim.Adam(flows.parameters(), 5e-3)
for i in range(60):
    x = torch.randn(128, 2) * torch.tensor([.1, .1]); ld = 0
    for f in flows: x, l = f(x); ld = ld + l
    loss = (.5 * (x ** 2).sum(1) + math.log(2 * math.pi) - ld).mean(); opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
