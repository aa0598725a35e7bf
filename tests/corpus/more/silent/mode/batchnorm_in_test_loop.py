# ---
# id: "mode/batchnorm_in_test_loop"
# kind: "silent"
# cause: "The test loop runs in training mode, so BatchNorm uses the statistics of each test batch."
# ---
import torch
from torch import nn


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6)
        self.fc = nn.Linear(6, 2)

    def forward(self, x):
        return self.fc(self.bn(self.conv(x)).relu().mean((2, 3)))


def batches(n):
    for _ in range(n):
        y = torch.randint(0, 2, (16,))
        yield torch.randn(16, 1, 10, 10) * (1 + y.view(-1, 1, 1, 1)), y


torch.manual_seed(0)
cnn = Cnn()
opt = torch.optim.Adam(cnn.parameters(), lr=0.01)
for x, y in batches(25):
    opt.zero_grad()
    nn.functional.cross_entropy(cnn(x), y).backward()
    opt.step()

right = total = 0
with torch.no_grad():
    for x, y in batches(5):
        right += (cnn(x).argmax(1) == y).sum().item()
        total += len(y)
print("test accuracy", right / total)
