# ---
# id: "view/heads_joined_after_transpose"
# kind: "raises"
# cause: "transpose made the tensor non-contiguous and view cannot join its dimensions."
# ---
import torch
import torch.nn as nn


class MultiHead(nn.Module):
    def __init__(self, dim=32, heads=4):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.mix = nn.Linear(dim, dim)

    def split(self, t):
        b, n, d = t.shape
        return t.view(b, n, self.heads, d // self.heads).transpose(1, 2)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = (self.split(t) for t in self.qkv(x).chunk(3, dim=-1))
        out = torch.softmax(q @ k.transpose(-1, -2), dim=-1) @ v
        out = out.transpose(1, 2).view(b, n, d)
        return self.mix(out)


mh = MultiHead()
mh(torch.randn(2, 6, 32)).sum().backward()
