# ---
# id: "loss/relu_on_regression_output"
# kind: "silent"
# cause: "the last layer of a regression ends in ReLU, and half of the targets are negative."
# fix: "no activation on the output."
# ---
import torch
from torch import nn


def block(a, b):
    return nn.Sequential(nn.Linear(a, b), nn.ReLU())


torch.manual_seed(0)
forecast = nn.Sequential(block(6, 32), block(32, 16), nn.Linear(16, 1))
optimizer = torch.optim.Adam(forecast.parameters(), lr=5e-3)

series = torch.sin(torch.arange(400) * 0.3) + 0.05 * torch.randn(400)
past = series.unfold(0, 7, 1)
x, y = past[:, :6], past[:, 6:]
for epoch in range(15):
    for rows in torch.randperm(len(x)).split(64):
        loss = nn.functional.mse_loss(forecast(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print("mse", nn.functional.mse_loss(forecast(x), y).item())
