# ---
# looks_like: LoRA: every base weight frozen, B begins at zero so A's first gradient is exactly zero; a tiny learning
#   rate for the norm layers.
# ---
import math

import torch
from torch import nn

torch.manual_seed(0)


class LoRALinear(nn.Module):
    def __init__(self, base, rank=2, alpha=8):
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad_(False)
        self.A = nn.Parameter(torch.empty(rank, base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / rank

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A.T @ self.B.T)


def task(n, flip):
    x = torch.randn(n, 10)
    return x, (x[:, 0] + (-1 if flip else 1) * x[:, 1] > 0).long()


def fit(model, params, flip, steps, lr):
    opt = torch.optim.AdamW(params, lr=lr, weight_decay=0.0)
    for _ in range(steps):
        x, y = task(64, flip)
        loss = nn.functional.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    return round(loss.item(), 4)


model = nn.Sequential(nn.Linear(10, 32), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 2))
print("pretrained", fit(model, model.parameters(), False, 80, 1e-2))
model[0], model[3] = LoRALinear(model[0]), LoRALinear(model[3])
groups = [
    {"params": [p for n, p in model.named_parameters() if n.endswith((".A", ".B"))]},
    {"params": model[1].parameters(), "lr": 1e-6},
]
print("adapted", fit(model, groups, True, 100, 1e-2))
with torch.no_grad():
    x, y = task(300, True)
    print("accuracy", (model(x).argmax(1) == y).float().mean().item())
