# ---
# fixes: "device/positional_codes_not_a_buffer"
# kind: "fixed"
# ---
import torch
from torch import nn


class Positions(nn.Module):
    def __init__(self, length, width):
        super().__init__()
        self.register_buffer("codes", torch.zeros(length, width))

    def forward(self, tokens):
        return tokens + self.codes[: tokens.size(1)]


gpu = torch.device("meta")
layer = nn.Sequential(nn.Linear(4, 12), Positions(50, 12)).to(gpu)
words = torch.randn(2, 9, 4, device=gpu)
print(layer(words).device)
