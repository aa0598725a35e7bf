# ---
# id: "metrics/accuracy_broadcast"
# kind: "silent"
# cause: "predictions of shape (N, 1) are compared with labels (N,), which counts N*N pairs."
# fix: "squeeze the predictions."
# ---
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 4)
y = (x[:, 0] + x[:, 1] > 0).float()
net = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)


def accuracy(features, labels):
    with torch.no_grad():
        guesses = (net(features) > 0).float()
    return (guesses.squeeze(1) == labels).float().mean().item()


for epoch in range(20):
    for bx, by in zip(x.split(50), y.split(50)):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(net(bx).squeeze(1), by)
        loss.backward()
        optimizer.step()
print("loss", loss.item(), "accuracy", accuracy(x, y))
