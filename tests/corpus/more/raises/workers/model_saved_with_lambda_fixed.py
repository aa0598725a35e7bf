# ---
# id: "workers/model_saved_with_lambda"
# kind: "raises"
# cause: "the whole module is pickled and holds a lambda."
# fix: "save the state dict."
# ---
import copy

import torch
from torch import nn


class Apply(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 10), Apply(lambda t: t * torch.sigmoid(t)), nn.Linear(10, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
best = float("inf")
for epoch in range(6):
    x = torch.randn(32, 5)
    loss = (model(x).squeeze(1) - x.prod(1)).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if loss.item() < best:
        best = loss.item()
        torch.save(model.state_dict(), "best.pt")
print("best", best)
