# ---
# fixes: "shape/skip_connection_channels"
# kind: "fixed"
# ---
import torch
import torch.nn as nn


class Residual(nn.Module):
    def __init__(self, inp, out):
        super().__init__()
        self.conv_a = nn.Conv2d(inp, out, 3, padding=1)
        self.conv_b = nn.Conv2d(out, out, 3, padding=1)
        self.project = nn.Conv2d(inp, out, 1)
        self.act = nn.ReLU()

    def forward(self, x):
        y = self.act(self.conv_a(x))
        y = self.conv_b(y)
        return self.act(y + self.project(x))


net = nn.Sequential(Residual(8, 8), Residual(8, 16), nn.AdaptiveAvgPool2d(1))
print(net(torch.rand(2, 8, 16, 16)).shape)
