# ---
# looks_like: An exponential moving average and SWA of the weights: averaged models get no gradients; update_bn runs
#   the data in train mode.
# ---
import copy

import torch
from torch import nn
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(4)
x = torch.rand(256, 2) * 2 - 1
y = (x.pow(2).sum(1) < 0.5).float()
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)

model = nn.Sequential(nn.Linear(2, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 1))
ema = copy.deepcopy(model)
for p in ema.parameters():
    p.requires_grad_(False)
swa_model = AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
swa_scheduler = SWALR(optimizer, swa_lr=0.05)
loss_fn = nn.BCEWithLogitsLoss()


@torch.no_grad()
def update_ema(decay=0.95):
    for e, p in zip(ema.parameters(), model.parameters()):
        e.mul_(decay).add_(p, alpha=1 - decay)
    for e, b in zip(ema.buffers(), model.buffers()):
        e.copy_(b)


for epoch in range(15):
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss_fn(model(inputs).squeeze(1), targets).backward()
        optimizer.step()
        update_ema()
    if epoch > 9:
        swa_model.update_parameters(model)
        swa_scheduler.step()
    else:
        scheduler.step()

update_bn(loader, swa_model)
for name, m in (("raw", model), ("ema", ema), ("swa", swa_model)):
    m.eval()
    with torch.no_grad():
        print(name, ((m(x).squeeze(1) > 0) == (y > 0.5)).float().mean().item())
