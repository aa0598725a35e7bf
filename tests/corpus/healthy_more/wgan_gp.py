# ---
# looks_like: A loss that may be negative, gradients of gradients, several steps of one network for one of the other.
# ---
import torch
from torch import nn
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2)); D = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
oG = torch.optim.Adam(G.parameters(), 1e-3, betas=(0.0, 0.9)); oD = torch.optim.Adam(D.parameters(), 1e-3, betas=(0.0, 0.9))
for it in range(20):
    for _ in range(3):
        real = torch.randn(32, 2) + 2; fake = G(torch.randn(32, 2)).detach()
        e = torch.rand(32, 1); mix = (e * real + (1 - e) * fake).requires_grad_(True)
        g, = torch.autograd.grad(D(mix).sum(), mix, create_graph=True)
        loss = D(fake).mean() - D(real).mean() + 10 * ((g.norm(2, dim=1) - 1) ** 2).mean()
        oD.zero_grad(); loss.backward(); oD.step()
    gl = -D(G(torch.randn(32, 2))).mean()
    oG.zero_grad(); gl.backward(); oG.step()
print(gl.item())
