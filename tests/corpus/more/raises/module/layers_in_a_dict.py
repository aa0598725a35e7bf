# ---
# id: "module/layers_in_a_dict"
# kind: "raises"
# cause: "the layers stand in a plain dict, so the module has no parameters and the optimizer gets an empty list."
# fix: "nn.ModuleDict."
# ---
import torch
from torch import nn


class MultiTask(nn.Module):
    def __init__(self, features, tasks):
        super().__init__()
        self.heads = {name: nn.Linear(features, size) for name, size in tasks.items()}

    def forward(self, x):
        return {name: head(x) for name, head in self.heads.items()}


tasks = {"colour": 3, "shape": 4}
model = MultiTask(10, tasks)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-4)

for step in range(10):
    x = torch.randn(32, 10)
    targets = {name: torch.randint(size, (32,)) for name, size in tasks.items()}
    out = model(x)
    loss = sum(nn.functional.cross_entropy(out[name], targets[name]) for name in tasks)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
