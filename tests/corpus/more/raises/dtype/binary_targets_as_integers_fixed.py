# ---
# id: "dtype/binary_targets_as_integers"
# kind: "raises"
# cause: "BCEWithLogitsLoss wants float targets; (scores > 0) turned to long gives integers."
# fix: "make the labels float."
# ---
import torch
from torch import nn

torch.manual_seed(4)


def make_split(n):
    points = torch.randn(n, 3)
    ring = points.norm(dim=1)
    inside = (ring < 1.5).float().unsqueeze(1)
    return points, inside


train_x, train_y = make_split(256)
net = nn.Sequential(nn.Linear(3, 16), nn.GELU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.3]))
adam = torch.optim.AdamW(net.parameters(), lr=1e-2)

for epoch in range(5):
    for xb, yb in zip(train_x.split(64), train_y.split(64)):
        adam.zero_grad(set_to_none=True)
        cost = criterion(net(xb), yb)
        cost.backward()
        adam.step()
print("final", float(cost))
