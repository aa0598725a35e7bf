# ---
# looks_like: Parameters frozen and trained later, BatchNorm kept in evaluation mode, parameters added to an optimizer.
# ---
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.features = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU()); self.head = nn.Linear(8 * 36, 3)
    def forward(self, x): return self.head(self.features(x).flatten(1))
net = Net(); X = torch.randn(60, 1, 8, 8); Y = torch.randint(0, 3, (60,))
for p in net.features.parameters(): p.requires_grad = False
opt = torch.optim.Adam(net.head.parameters(), 1e-3)
def epoch():
    net.train(); net.features[1].eval()
    for i in torch.randperm(60).split(20):
        opt.zero_grad(); loss = nn.functional.cross_entropy(net(X[i]), Y[i]); loss.backward(); opt.step()
    return loss.item()
for _ in range(4): a = epoch()
for p in net.features.parameters(): p.requires_grad = True
opt.add_param_group({"params": net.features.parameters(), "lr": 1e-4})
for _ in range(4): b = epoch()
print(a, b)
