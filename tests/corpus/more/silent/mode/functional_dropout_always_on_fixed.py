# ---
# fixes: "mode/functional_dropout_always_on"
# kind: "fixed"
# ---
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.l2 = nn.Linear(6, 40), nn.Linear(40, 2)

    def forward(self, x):
        x = F.relu(self.l1(x))
        x = F.dropout(x, 0.5, training=self.training)
        return self.l2(x)


torch.manual_seed(0)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
x = torch.randn(200, 6)
y = (x[:, 0] + x[:, 1] > 0).long()
net.train()
for _ in range(20):
    opt.zero_grad()
    loss = F.cross_entropy(net(x[:150]), y[:150])
    loss.backward()
    opt.step()
net.eval()
with torch.inference_mode():
    print((net(x[150:]).argmax(1) == y[150:]).float().mean())
