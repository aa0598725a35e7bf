# ---
# fixes: "shape/view_with_fixed_batch"
# kind: "fixed"
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

BATCH = 32
signals = torch.randn(100, 3, 20)
kinds = torch.randint(0, 4, (100,))
loader = DataLoader(TensorDataset(signals, kinds), batch_size=BATCH)


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv = nn.Conv1d(3, 6, 5)
        self.fc = nn.Linear(96, 4)

    def forward(self, s):
        s = torch.relu(self.conv(s))
        s = s.view(s.size(0), -1)
        return self.fc(s)


net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
loss_fn = nn.CrossEntropyLoss()
for s, k in loader:
    loss = loss_fn(net(s), k)
    opt.zero_grad()
    loss.backward()
    opt.step()
