# ---
# fixes: "schedule/scheduler_before_optimizer"
# kind: "fixed"
# ---
import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")
torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
plan = torch.optim.lr_scheduler.MultiStepLR(opt, milestones=[1, 6], gamma=0.5)
for epoch in range(8):
    x = torch.randn(40, 4)
    opt.zero_grad()
    nn.functional.mse_loss(net(x), x.mean(1, keepdim=True)).backward()
    opt.step()
    plan.step()
