# ---
# looks_like: Dropout is active under no_grad, on purpose: the model is in evaluation mode, its dropout layers are not.
# ---
import torch
from torch import nn
torch.manual_seed(0)
X = torch.linspace(-2, 2, 100).unsqueeze(1); Y = torch.sin(X) + .1 * torch.randn(100, 1)
net = nn.Sequential(nn.Linear(1, 50), nn.ReLU(), nn.Dropout(.2), nn.Linear(50, 1)); opt = torch.optim.Adam(net.parameters(), 1e-2)
for i in range(100):
    opt.zero_grad(); loss = ((net(X) - Y) ** 2).mean(); loss.backward(); opt.step()
net.eval()
for m in net.modules():
    if isinstance(m, nn.Dropout): m.train()
with torch.no_grad(): draws = torch.stack([net(X) for _ in range(20)])
print(draws.std(0).mean().item(), loss.item())
