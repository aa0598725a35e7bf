# ---
# fixes: "no_grad/grad_enabled_condition_inverted"
# kind: "fixed"
# ---
import torch
from torch import nn

torch.manual_seed(0)


class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(10, 20), nn.ReLU())
        self.top = nn.Linear(20, 1)

    def forward(self, x):
        with torch.set_grad_enabled(self.training):
            feats = self.backbone(x)
        return self.top(feats)


net = Mixed()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
X = torch.randn(160, 10)
Y = (X[:, :2].sum(1, keepdim=True)).sign()
for epoch in range(10):
    net.train()
    for i in torch.randperm(120).split(30):
        loss = nn.functional.soft_margin_loss(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        print(nn.functional.soft_margin_loss(net(X[120:]), Y[120:]).item())
