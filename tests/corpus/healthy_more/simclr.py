# ---
# looks_like: A matrix of all pairs and labels that count up: no broadcast by accident.
# ---
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8)); opt = torch.optim.Adam(enc.parameters(), 1e-3)
base = torch.randn(64, 10)
for i in range(40):
    idx = torch.randperm(64)[:16]; x = base[idx]
    z = F.normalize(enc(torch.cat([x + .1 * torch.randn_like(x), x + .1 * torch.randn_like(x)])), dim=1)
    sim = z @ z.t() / 0.5
    sim = sim.masked_fill(torch.eye(32, dtype=torch.bool), float("-inf"))
    labels = torch.cat([torch.arange(16, 32), torch.arange(16)])
    loss = F.cross_entropy(sim, labels)
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
