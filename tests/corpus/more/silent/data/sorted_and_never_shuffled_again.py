# ---
# id: "data/sorted_and_never_shuffled_again"
# kind: "silent"
# cause: "the data are sorted by class and the loader does not shuffle: every batch has one class."
# fix: "shuffle=True."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class Blobs(Dataset):
    """As from a folder per class: first all of class 0, then all of class 1, and so on."""

    def __init__(self, each, classes):
        centres = torch.randn(classes, 6)
        self.x = (centres.repeat_interleave(each, 0) + 1.0 * torch.randn(each * classes, 6))
        self.y = torch.arange(classes).repeat_interleave(each)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


data = Blobs(64, 4)
loader = DataLoader(data, batch_size=16)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.3)
for epoch in range(6):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
print("accuracy", (net(data.x).argmax(1) == data.y).float().mean().item())
