# ---
# id: "target/column_target_for_cross_entropy"
# kind: "raises"
# cause: "cross_entropy wants the class indices as (N,); the label column has shape (N, 1)."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Wine(Dataset):
    def __init__(self):
        self.x = torch.randn(48, 11)
        self.y = torch.randint(0, 6, (48, 1))

    def __len__(self):
        return 48

    def __getitem__(self, k):
        return self.x[k], self.y[k]


net = nn.Sequential(nn.Linear(11, 32), nn.ReLU(), nn.Linear(32, 6))
loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.Adam(net.parameters())
for x, y in DataLoader(Wine(), batch_size=12):
    loss = loss_fn(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
