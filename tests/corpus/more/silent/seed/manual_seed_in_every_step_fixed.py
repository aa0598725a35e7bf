# ---
# fixes: "seed/manual_seed_in_every_step"
# kind: "fixed"
# ---
import torch
from torch import nn

net = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 5))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
clean = torch.eye(5).repeat(4, 1)


def noisy(batch):
    return batch + 0.3 * torch.randn_like(batch)


torch.manual_seed(42)
for step in range(30):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(noisy(clean)), clean)
    loss.backward()
    opt.step()
