# ---
# id: "memory_layout/heads_merged_with_view"
# kind: "raises"
# cause: "view after transpose: the heads are not contiguous."
# fix: "reshape (or contiguous().view)."
# ---
import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.inp = nn.Linear(width, width * 3)
        self.out = nn.Linear(width, width)

    def forward(self, seq):
        b, t, w = seq.shape
        q, k, v = (part.view(b, t, self.heads, -1).transpose(1, 2) for part in self.inp(seq).split(w, dim=-1))
        weights = (q @ k.transpose(-2, -1) / (w // self.heads) ** 0.5).softmax(-1)
        mixed = weights @ v
        mixed = mixed.transpose(1, 2)
        return self.out(mixed.reshape(b, t, w))


def main():
    torch.manual_seed(0)
    layer = SelfAttention(16, 4)
    target = torch.randn(3, 7, 16)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(4):
        loss = (layer(torch.randn(3, 7, 16)) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())


if __name__ == "__main__":
    main()
