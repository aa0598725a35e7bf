# ---
# id: "optimizer/model_made_for_each_epoch"
# kind: "silent"
# cause: "the function that trains an epoch builds a new model each time, so each epoch starts from scratch."
# fix: "build the model once and pass it in."
# ---
import torch
from torch import nn

torch.manual_seed(0)
config = {"width": 16, "lr": 1e-2}
x = torch.randn(192, 3)
y = (x[:, 0] * x[:, 1] * x[:, 2]).unsqueeze(1)


def build():
    model = nn.Sequential(nn.Linear(3, config["width"]), nn.SiLU(), nn.Linear(config["width"], 1))
    return model, torch.optim.Adam(model.parameters(), lr=config["lr"])


def run_epoch(model, optimizer):
    for rows in torch.randperm(192).split(32):
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return nn.functional.mse_loss(model(x), y).item()


model, optimizer = build()
for epoch in range(25):
    error = run_epoch(model, optimizer)
print("error after 25 epochs", round(error, 4))
