# ---
# id: "order/step_before_backward"
# kind: "silent"
# cause: "step comes before backward, after zero_grad, so it applies nothing."
# ---
import torch
from torch import nn


def training_step(net, batch, optimizer):
    x, y = batch
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    optimizer.step()
    loss.backward()
    return float(loss)


torch.manual_seed(0)
net = nn.Linear(3, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
true_w = torch.tensor([[1.0], [-2.0], [0.5]])
for k in range(25):
    x = torch.randn(20, 3)
    print(training_step(net, (x, x @ true_w), optimizer))
