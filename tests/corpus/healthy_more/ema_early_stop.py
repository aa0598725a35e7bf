# ---
# looks_like: A deep copy that is never trained, weights changed under no_grad, evaluation mode in between.
# ---
import copy, torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(300, 5); Y = X @ torch.randn(5, 1) + .1 * torch.randn(300, 1)
model = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Dropout(.1), nn.Linear(32, 1)); ema = copy.deepcopy(model)
for p in ema.parameters(): p.requires_grad_(False)
opt = torch.optim.SGD(model.parameters(), .05, momentum=.9); sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=2)
best, state, bad = float("inf"), None, 0
for epoch in range(40):
    model.train()
    for i in torch.randperm(200).split(25):
        opt.zero_grad(); loss = nn.functional.mse_loss(model(X[i]), Y[i]); loss.backward(); opt.step()
        with torch.no_grad():
            for a, b in zip(ema.parameters(), model.parameters()): a.mul_(.99).add_(b, alpha=.01)
    model.eval()
    with torch.no_grad(): val = nn.functional.mse_loss(model(X[200:]), Y[200:]).item()
    sched.step(val)
    if val < best - 1e-4: best, state, bad = val, copy.deepcopy(model.state_dict()), 0
    else:
        bad += 1
        if bad > 5: break
model.load_state_dict(state); print(best)
