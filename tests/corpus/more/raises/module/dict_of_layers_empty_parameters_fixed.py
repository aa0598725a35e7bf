# ---
# fixes: "module/dict_of_layers_empty_parameters"
# kind: "fixed"
# ---
import torch
from torch import nn


class Heads(nn.Module):
    def __init__(self, tasks):
        super().__init__()
        self.by_task = nn.ModuleDict({name: nn.Linear(6, size) for name, size in tasks.items()})

    def forward(self, x, task):
        return self.by_task[task](x)


heads = Heads({"colour": 3, "size": 2})
opt = torch.optim.SGD(heads.parameters(), lr=0.1)
nn.functional.cross_entropy(heads(torch.randn(4, 6), "size"), torch.tensor([0, 1, 1, 0])).backward()
opt.step()
