# ---
# id: "modes/dropout_in_prediction"
# kind: "silent"
# cause: "predictions are made with the model in training mode, so dropout makes them random."
# fix: "model.eval() before predicting."
# ---
from collections import OrderedDict

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(OrderedDict(
    inp=nn.Linear(5, 48), act=nn.Mish(), drop=nn.Dropout(0.5), mid=nn.Linear(48, 48), act2=nn.Mish(), drop2=nn.Dropout(0.5), out=nn.Linear(48, 1)
))
x, noise = torch.randn(200, 5), torch.randn(200, 1)
y = x.sum(1, keepdim=True) + 0.1 * noise
optimizer = torch.optim.RAdam(net.parameters(), lr=1e-2)
for epoch in range(40):
    for bx, by in zip(x[:160].split(40), y[:160].split(40)):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(bx), by).backward()
        optimizer.step()


def predict(rows):
    net.eval()
    with torch.no_grad():
        return net(rows)


first, second = predict(x[160:]), predict(x[160:])
print("test error", nn.functional.mse_loss(first, y[160:]).item(), "same twice:", torch.equal(first, second))
