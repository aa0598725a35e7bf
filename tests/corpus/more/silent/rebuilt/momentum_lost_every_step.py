# ---
# id: "rebuilt/momentum_lost_every_step"
# kind: "silent"
# cause: "A new optimizer in every call forgets its momentum."
# ---
import torch
from torch import nn

torch.manual_seed(0)


def update(model, x, y, opt=None):
    opt = torch.optim.Adam(model.parameters(), lr=0.01)
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
    return loss.item()


model = nn.Sequential(nn.Linear(3, 10), nn.Tanh(), nn.Linear(10, 1))
for i in range(40):
    x = torch.randn(16, 3)
    update(model, x, x.sum(1, keepdim=True))
