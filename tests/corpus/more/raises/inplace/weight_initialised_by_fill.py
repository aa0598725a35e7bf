# ---
# id: "inplace/weight_initialised_by_fill"
# kind: "raises"
# cause: "The weights are filled in place while gradients are recorded; this is a leaf that requires grad."
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
            layer.weight.uniform_(-0.1, 0.1)
            layer.bias.data.zero_()

    def forward(self, x):
        return self.b(self.a(x).relu())


print(Net()(torch.ones(1, 3)))
