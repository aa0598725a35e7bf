# ---
# fixes: "rebuilt/momentum_lost_every_step"
# kind: "fixed"
# ---
import torch
from torch import nn

torch.manual_seed(0)


def update(model, x, y, opt=None):
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
    return loss.item()


model = nn.Sequential(nn.Linear(3, 10), nn.Tanh(), nn.Linear(10, 1))
adam = torch.optim.Adam(model.parameters(), lr=0.01)
for i in range(40):
    x = torch.randn(16, 3)
    update(model, x, x.sum(1, keepdim=True), adam)
