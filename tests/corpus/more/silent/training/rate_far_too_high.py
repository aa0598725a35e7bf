# ---
# id: "training/rate_far_too_high"
# kind: "silent"
# cause: "the learning rate of Adam is 1.0: weights jump by one in every step."
# fix: "1e-2."
# ---
import torch
from torch import nn

torch.manual_seed(0)
hyper = {"width": 32, "depth": 3, "epochs": 12, "batch": 32}
layers = [nn.Linear(6, hyper["width"]), nn.ReLU()]
for _ in range(hyper["depth"] - 1):
    layers += [nn.Linear(hyper["width"], hyper["width"]), nn.ReLU()]
model = nn.Sequential(*layers, nn.Linear(hyper["width"], 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1.0)

x = torch.randn(256, 6)
y = (x[:, 0] > 0).long() * 2 + (x[:, 1] > 0).long()
for epoch in range(hyper["epochs"]):
    for rows in torch.randperm(256).split(hyper["batch"]):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
print("loss", loss.item(), "accuracy", (model(x).argmax(1) == y).float().mean().item())
