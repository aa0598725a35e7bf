# ---
# fixes: "memory/losses_list_with_graphs"
# kind: "fixed"
# ---
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(10, 50), nn.ReLU(), nn.Linear(50, 1))
opt = torch.optim.RMSprop(model.parameters(), lr=1e-3)
history = {"loss": [], "step": []}
for step in range(50):
    x = torch.randn(32, 10)
    opt.zero_grad()
    loss = nn.functional.huber_loss(model(x), x.mean(1, keepdim=True))
    loss.backward()
    opt.step()
    history["loss"].append(loss.item())
    history["step"].append(step)
print(float(sum(history["loss"])) / len(history["loss"]))
