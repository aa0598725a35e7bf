# ---
# fixes: "best/state_dict_not_copied"
# kind: "fixed"
# ---
import torch
from torch import nn


class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.bad, self.best, self.state = patience, 0, float("inf"), None

    def __call__(self, loss, model):
        if loss < self.best:
            self.best, self.bad = loss, 0
            self.state = {k: v.clone() for k, v in model.state_dict().items()}
        else:
            self.bad += 1
        return self.bad >= self.patience


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=0.03)
x, y = torch.randn(60, 4), torch.randn(60, 1)
stopper = EarlyStopping(patience=5)
for epoch in range(60):
    opt.zero_grad()
    nn.functional.mse_loss(model(x[:40]), y[:40]).backward()
    opt.step()
    with torch.no_grad():
        val = nn.functional.mse_loss(model(x[40:]), y[40:]).item()
    if stopper(val, model):
        break
model.load_state_dict(stopper.state)
