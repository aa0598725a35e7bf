# ---
# id: "metrics/mean_of_batch_means"
# kind: "silent"
# cause: "the mean of the batch accuracies is taken though the last batch has 4 samples instead of 32."
# fix: "count right answers and divide by the number of samples."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(260, 4)
y = (x[:, 0] > 0.3 * x[:, 1]).long()
train, valid = TensorDataset(x[:160], y[:160]), TensorDataset(x[160:], y[160:])
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)


def evaluate(loader):
    net.eval()
    total = 0.0
    with torch.no_grad():
        for bx, by in loader:
            total += (net(bx).argmax(1) == by).float().mean().item()
    net.train()
    return total / len(loader)


for epoch in range(4):
    for bx, by in DataLoader(train, 32, shuffle=True):
        loss = nn.functional.cross_entropy(net(bx), by)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, f"{evaluate(DataLoader(valid, 32)):.4f}")
