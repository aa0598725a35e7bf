# ---
# fixes: "module/checkpoint_with_module_prefix"
# kind: "fixed"
# ---
import torch
from torch import nn


class Wrapper(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.module = inner

    def forward(self, x):
        return self.module(x)


def net():
    return nn.Sequential(nn.Conv1d(2, 4, 3), nn.Flatten(), nn.Linear(24, 2))


wrapped = Wrapper(net())
saved = {"epoch": 3, "weights": wrapped.state_dict()}
plain = net()
plain.load_state_dict({k.removeprefix("module."): v for k, v in saved["weights"].items()})
print(plain(torch.ones(1, 2, 8)))
