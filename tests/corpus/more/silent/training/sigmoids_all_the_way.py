# ---
# id: "training/sigmoids_all_the_way"
# kind: "silent"
# cause: "eight sigmoid layers: the gradients of the first layers vanish."
# fix: "ReLU with batch norm (or residuals)."
# ---
import torch
from torch import nn


class Deep(nn.Module):
    def __init__(self, depth=9, width=24):
        super().__init__()
        self.first = nn.Linear(3, width)
        self.hidden = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.last = nn.Linear(width, 1)

    def forward(self, x):
        x = self.first(x)
        for layer in self.hidden:
            x = torch.sigmoid(layer(x))
        return self.last(x)


torch.manual_seed(0)
deep = Deep()
optimizer = torch.optim.SGD(deep.parameters(), lr=0.05)
x = torch.randn(300, 3)
y = (x[:, :1] * x[:, 1:2]).tanh()
for epoch in range(20):
    for rows in torch.randperm(300).split(60):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(deep(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
print("loss", loss.item())
