# ---
# looks_like: The target is random noise, the loss stays far from 0, sampling runs under no_grad.
# ---
import torch
from torch import nn
torch.manual_seed(0)
T = 50; beta = torch.linspace(1e-4, .1, T); abar = torch.cumprod(1 - beta, 0)
net = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 2)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for i in range(100):
    x0 = torch.randn(64, 2) * .2 + torch.randint(0, 2, (64, 1)) * 2 - 1; t = torch.randint(0, T, (64,)); eps = torch.randn_like(x0)
    xt = abar[t, None].sqrt() * x0 + (1 - abar[t, None]).sqrt() * eps
    loss = nn.functional.mse_loss(net(torch.cat([xt, t[:, None] / T], 1)), eps); opt.zero_grad(set_to_none=True); loss.backward(); opt.step()
@torch.no_grad()
def sample(n):
    x = torch.randn(n, 2)
    for t in reversed(range(T)):
        e = net(torch.cat([x, torch.full((n, 1), t / T)], 1)); x = (x - beta[t] / (1 - abar[t]).sqrt() * e) / (1 - beta[t]).sqrt()
        if t: x = x + beta[t].sqrt() * torch.randn_like(x)
    return x
print(sample(5).shape, loss.item())
