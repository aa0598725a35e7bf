# ---
# fixes: "data/sorted_and_never_shuffled"
# kind: "fixed"
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
xs = torch.cat([torch.randn(64, 4) + c for c in range(4)])
ys = torch.arange(4).repeat_interleave(64)
train_dl = DataLoader(TensorDataset(xs, ys), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):
    for xb, yb in train_dl:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), yb)
        loss.backward()
        opt.step()
