# ---
# id: "module/super_init_after_layers"
# kind: "raises"
# cause: "The layers are assigned before super().__init__() has run."
# ---
import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, size, code):
        self.down = nn.Linear(size, code)
        self.up = nn.Linear(code, size)
        super().__init__()

    def forward(self, x):
        return self.up(self.down(x).relu())


print(Autoencoder(10, 3)(torch.ones(2, 10)).shape)
