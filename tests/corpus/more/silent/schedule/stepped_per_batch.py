# ---
# id: "schedule/stepped_per_batch"
# kind: "silent"
# cause: "The scheduler's step size counts epochs, but it is stepped for each batch, so the rate is soon 0."
# ---
import torch
from torch import nn, optim

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 1))
opt = optim.SGD(net.parameters(), lr=0.1)
sched = optim.lr_scheduler.StepLR(opt, step_size=5, gamma=0.1)
x = torch.randn(400, 6)
y = x[:, :2].prod(1, keepdim=True)
for epoch in range(10):
    for i in torch.randperm(400).split(20):
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(x[i]), y[i])
        loss.backward()
        opt.step()
        sched.step()
    print(epoch, loss.item(), sched.get_last_lr())
