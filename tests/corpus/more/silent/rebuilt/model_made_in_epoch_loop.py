# ---
# id: "rebuilt/model_made_in_epoch_loop"
# kind: "silent"
# cause: "The model is made anew in each epoch, so nothing that was learnt is kept."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(120, 6)
y = (x.sum(1) > 0).long()
loader = DataLoader(TensorDataset(x, y), batch_size=24, shuffle=True)


def build():
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))


for epoch in range(5):
    net = build()
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for a, b in loader:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(a), b)
        loss.backward()
        opt.step()
    print(epoch, loss.item())
