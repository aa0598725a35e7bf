# ---
# looks_like: The network is differentiated by its input, which requires grad and is no parameter.
# ---
import torch
from torch import nn
torch.manual_seed(0)
u = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1)); opt = torch.optim.Adam(u.parameters(), 5e-3)
for i in range(120):
    t = torch.linspace(0, 2, 40).view(-1, 1).requires_grad_(True)
    y = u(t); dy = torch.autograd.grad(y, t, torch.ones_like(y), create_graph=True)[0]
    loss = ((dy + y) ** 2).mean() + (u(torch.zeros(1, 1)) - 1).pow(2).squeeze()
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
