# ---
# fixes: "broadcast/squeezed_output_column_target"
# kind: "fixed"
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Energy(Dataset):
    def __init__(self):
        self.x = torch.randn(90, 5)
        self.y = self.x @ torch.tensor([[1.0], [2.0], [0.0], [-1.0], [0.5]])

    def __len__(self):
        return 90

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Reg(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.f(x)


torch.manual_seed(0)
reg = Reg()
opt = torch.optim.Adam(reg.parameters(), lr=0.01)
for epoch in range(5):
    for x, y in DataLoader(Energy(), batch_size=30, shuffle=True):
        opt.zero_grad()
        loss = (reg(x) - y).abs().mean()
        loss.backward()
        opt.step()
