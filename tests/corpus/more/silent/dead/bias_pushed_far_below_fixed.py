# ---
# fixes: "dead/bias_pushed_far_below"
# kind: "fixed"
# ---
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(5, 30)
        self.out = nn.Linear(30, 1)
        nn.init.constant_(self.hidden.bias, 0.1)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


torch.manual_seed(0)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for step in range(50):
    x = torch.randn(40, 5)
    opt.zero_grad()
    loss = (net(x) - x.sum(1, keepdim=True)).square().mean()
    loss.backward()
    opt.step()
