# ---
# fixes: "inplace/weight_initialised_by_fill"
# kind: "fixed"
# ---
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 2)
        self.reset()

    def reset(self):
        for layer in (self.a, self.b):
            nn.init.uniform_(layer.weight, -0.1, 0.1)
            layer.bias.data.zero_()

    def forward(self, x):
        return self.b(self.a(x).relu())


print(Net()(torch.ones(1, 3)))
