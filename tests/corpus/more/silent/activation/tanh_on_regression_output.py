# ---
# id: "activation/tanh_on_regression_output"
# kind: "silent"
# cause: "The output passes tanh, so it can never reach the targets, which go up to 20."
# ---
import torch
from torch import nn


def make():
    return nn.Sequential(
        nn.Linear(3, 20),
        nn.ReLU(),
        nn.Linear(20, 1),
        nn.Tanh(),
    )


torch.manual_seed(0)
temperature = make()
opt = torch.optim.Adam(temperature.parameters(), lr=0.01)
x = torch.rand(120, 3)
celsius = 20 * x.mean(1, keepdim=True) + 2
for epoch in range(30):
    for i in torch.randperm(120).split(40):
        opt.zero_grad()
        loss = nn.functional.mse_loss(temperature(x[i]), celsius[i])
        loss.backward()
        opt.step()
