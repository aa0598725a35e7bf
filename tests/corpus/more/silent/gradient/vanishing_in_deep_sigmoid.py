# ---
# id: "gradient/vanishing_in_deep_sigmoid"
# kind: "silent"
# cause: "Twelve sigmoid layers in a row: the first layers get almost no gradient."
# ---
import torch
from torch import nn

torch.manual_seed(0)
parts = [nn.Linear(8, 16)]
for _ in range(12):
    parts += [nn.Sigmoid(), nn.Linear(16, 16)]
parts += [nn.ReLU(), nn.Linear(16, 2)]
deep = nn.Sequential(*parts)
opt = torch.optim.SGD(deep.parameters(), lr=0.01)
for step in range(60):
    y = torch.randint(0, 2, (64,))
    x = torch.randn(64, 8) + 2 * y[:, None]
    opt.zero_grad()
    loss = nn.functional.cross_entropy(deep(x), y)
    loss.backward()
    opt.step()
