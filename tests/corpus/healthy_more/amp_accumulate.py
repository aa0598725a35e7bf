# ---
# looks_like: Steps only at every fourth backward pass; a scaler that is switched off; a learning rate that changes each step.
# ---
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 32), nn.GELU(), nn.LayerNorm(32), nn.Linear(32, 1)); opt = torch.optim.AdamW(net.parameters(), 3e-3)
scaler = torch.amp.GradScaler("cpu", enabled=False); sched = torch.optim.lr_scheduler.OneCycleLR(opt, 1e-2, total_steps=20)
X = torch.randn(320, 6); Y = X[:, :1] - X[:, 1:2]
k = 0
for epoch in range(4):
    for j, i in enumerate(torch.randperm(320).split(16)):
        with torch.autocast("cpu", torch.bfloat16): out = net(X[i])
        loss = nn.functional.mse_loss(out.float(), Y[i]) / 4
        scaler.scale(loss).backward()
        if (j + 1) % 4 == 0:
            scaler.unscale_(opt); nn.utils.clip_grad_norm_(net.parameters(), 1.0); scaler.step(opt); scaler.update(); opt.zero_grad(); sched.step()
print(loss.item())
