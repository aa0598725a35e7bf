# ---
# fixes: "data/mean_of_batch_means"
# kind: "fixed"
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(101, 3)
y = x.sum(1, keepdim=True)
y[-1] += 30
for _ in range(20):
    i = torch.randperm(100)[:25]
    opt.zero_grad()
    nn.functional.mse_loss(model(x[i]), y[i]).backward()
    opt.step()

val_loader = DataLoader(TensorDataset(x, y), batch_size=20)
model.eval()
total = 0.0
with torch.no_grad():
    for xb, yb in val_loader:
        total += nn.functional.mse_loss(model(xb), yb).item() * len(xb)
val_loss = total / len(x)
print("validation loss", val_loss)
