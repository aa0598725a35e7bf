# ---
# fixes: "module/super_init_after_layers"
# kind: "fixed"
# ---
import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, size, code):
        super().__init__()
        self.down = nn.Linear(size, code)
        self.up = nn.Linear(code, size)

    def forward(self, x):
        return self.up(self.down(x).relu())


print(Autoencoder(10, 3)(torch.ones(2, 10)).shape)
