# ---
# id: "batchnorm/last_batch_of_one"
# kind: "raises"
# cause: "65 samples in batches of 16 leave a last batch of one, which BatchNorm cannot normalise in training mode."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

samples = TensorDataset(torch.randn(65, 10), torch.randn(65, 1))
train_loader = DataLoader(samples, batch_size=16, shuffle=True)


class Block(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.lin, self.norm = nn.Linear(i, o), nn.BatchNorm1d(o)

    def forward(self, x):
        return torch.relu(self.norm(self.lin(x)))


net = nn.Sequential(Block(10, 20), nn.Linear(20, 1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(2):
    for x, y in train_loader:
        opt.zero_grad()
        loss = nn.functional.smooth_l1_loss(net(x), y)
        loss.backward()
        opt.step()
