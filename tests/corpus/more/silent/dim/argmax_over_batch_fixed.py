# ---
# fixes: "dim/argmax_over_batch"
# kind: "fixed"
# ---
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 32)
x = torch.randn(320, 4)
y = torch.randint(0, 32, (320,))
opt = torch.optim.SGD(net.parameters(), lr=0.2)
for epoch in range(5):
    for i in torch.randperm(320).split(32):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        loss.backward()
        opt.step()
net.eval()
correct = 0
with torch.no_grad():
    for i in range(0, 320, 32):
        pred = net(x[i : i + 32]).argmax(dim=1)
        correct += (pred == y[i : i + 32]).sum().item()
print("accuracy", correct / 320)
