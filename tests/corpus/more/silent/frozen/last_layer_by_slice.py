# ---
# id: "frozen/last_layer_by_slice"
# kind: "silent"
# cause: "The slice freezes one parameter too many: the new head's weight does not train."
# ---
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(9, 18), nn.ReLU(), nn.Linear(18, 18), nn.ReLU(), nn.Linear(18, 4))
for param in list(net.parameters())[:-1]:
    param.requires_grad = False
opt = torch.optim.Adam(filter(lambda p: p.requires_grad, net.parameters()), lr=0.01)
crit = nn.CrossEntropyLoss()
data, labels = torch.randn(80, 9), torch.arange(80) % 4
for epoch in range(15):
    for idx in torch.randperm(80).split(20):
        opt.zero_grad()
        loss = crit(net(data[idx]), labels[idx])
        loss.backward()
        opt.step()
