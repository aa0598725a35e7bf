# ---
# id: "step/only_scheduler_steps"
# kind: "silent"
# cause: "optimizer.step() is missing: only the scheduler steps."
# ---
import warnings

import torch
import torch.nn as nn

warnings.simplefilter("ignore")
torch.manual_seed(0)


def train_one_epoch(model, xs, ys, optimizer, scheduler):
    for i in range(0, len(xs), 20):
        pred = model(xs[i : i + 20])
        loss = nn.functional.binary_cross_entropy_with_logits(pred, ys[i : i + 20])
        optimizer.zero_grad()
        loss.backward()
        scheduler.step()
    return loss.item()


model = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 1))
opt = torch.optim.Adam(model.parameters(), lr=0.01)
sched = torch.optim.lr_scheduler.ExponentialLR(opt, 0.99)
xs = torch.randn(200, 5)
ys = (xs.sum(1, keepdim=True) > 0).float()
for epoch in range(5):
    print(train_one_epoch(model, xs, ys, opt, sched))
