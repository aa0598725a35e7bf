# ---
# fixes: "optimizer/head_replaced_after_optimizer"
# kind: "fixed"
# ---
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(12, 24), nn.ReLU())
        self.fc = nn.Linear(24, 1000)

    def forward(self, x):
        return self.fc(self.features(x))


torch.manual_seed(0)
pretrained = Net()
pretrained.fc = nn.Linear(24, 3)
optimizer = torch.optim.SGD(pretrained.parameters(), lr=0.05)
x, y = torch.randn(90, 12), torch.arange(90) % 3
for epoch in range(20):
    for part in torch.randperm(90).split(30):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(pretrained(x[part]), y[part])
        loss.backward()
        optimizer.step()
