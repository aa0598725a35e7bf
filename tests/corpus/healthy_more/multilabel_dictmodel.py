# ---
# looks_like: A model that returns a dict, two losses, probabilities compared with 0.5 after a sigmoid.
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Data(Dataset):
    def __init__(self, n): self.x = torch.randn(n, 10); self.y = (self.x[:, :4] > 0).float()
    def __len__(self): return len(self.x)
    def __getitem__(self, i): return {"x": self.x[i], "y": self.y[i]}
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.trunk = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.BatchNorm1d(32)); self.heads = nn.ModuleDict({"a": nn.Linear(32, 4), "aux": nn.Linear(32, 1)})
    def forward(self, x): h = self.trunk(x); return {k: m(h) for k, m in self.heads.items()}
net = Net(); opt = torch.optim.RMSprop(net.parameters(), 1e-3); bce = nn.BCEWithLogitsLoss()
tr, va = DataLoader(Data(200), 32, shuffle=True, drop_last=True), DataLoader(Data(64), 32)
for epoch in range(5):
    net.train()
    for b in tr:
        o = net(b["x"]); loss = bce(o["a"], b["y"]) + .1 * nn.functional.mse_loss(o["aux"].squeeze(-1), b["x"].sum(1))
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval(); hit = n = 0
    with torch.no_grad():
        for b in va:
            pred = torch.sigmoid(net(b["x"])["a"]) > 0.5; hit += (pred == b["y"].bool()).sum().item(); n += pred.numel()
    print(epoch, hit / n)
