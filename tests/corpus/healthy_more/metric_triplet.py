# ---
# looks_like: Metric learning: triplet margin loss with hard mining in no_grad, losses that reach exactly zero,
#   normalised embeddings.
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(3)
centres = torch.randn(6, 10) * 1.5


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(10, 32), nn.PReLU(), nn.Linear(32, 8))

    def forward(self, x):
        return F.normalize(self.layers(x), dim=-1)


def mine(z, y):
    with torch.no_grad():
        d = torch.cdist(z, z)
        same = y[:, None] == y[None, :]
        positive = d.masked_fill(~same | torch.eye(len(y), dtype=torch.bool), -1).argmax(1)
        negative = d.masked_fill(same, 1e9).argmin(1)
    return positive, negative


net = Embedder()
criterion = nn.TripletMarginLoss(margin=0.3)
optimizer = torch.optim.RAdam(net.parameters(), lr=1e-2)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[60, 90], gamma=0.3)
for step in range(120):
    y = torch.arange(6).repeat_interleave(8)
    x = centres[y] + 0.5 * torch.randn(48, 10)
    z = net(x)
    p, n = mine(z, y)
    loss = criterion(z, z[p], z[n])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    if step % 30 == 0:
        print(step, round(loss.item(), 4))
net.eval()
with torch.no_grad():
    gallery = net(centres)
    y = torch.randint(6, (100,))
    z = net(centres[y] + 0.5 * torch.randn(100, 10))
    print("recall@1", (torch.cdist(z, gallery).argmin(1) == y).float().mean().item())
