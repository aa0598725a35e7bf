# ---
# id: "dtype/einsum_of_half_queries"
# kind: "raises"
# cause: "the keys are made half precision to save memory, the queries stay float32, and einsum does not mix them."
# fix: "keep both in one dtype."
# ---
import math

import torch
from torch import nn


class TinyAttention(nn.Module):
    """Keys of the memory are computed once and kept."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_k = nn.Linear(dim, dim, bias=False)
        self.to_v = nn.Linear(dim, dim, bias=False)

    def remember(self, memory):
        split = lambda t: t.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        self.keys = split(self.to_k(memory))
        self.values = split(self.to_v(memory))

    def forward(self, x):
        q = self.to_q(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        scores = torch.einsum("bhid,bhjd->bhij", q, self.keys) / math.sqrt(q.shape[-1])
        mixed = torch.einsum("bhij,bhjd->bhid", scores.softmax(-1), self.values)
        return mixed.transpose(1, 2).flatten(2)


torch.manual_seed(1)
block = TinyAttention(32, 4)
memory = torch.randn(2, 11, 32)
block.remember(memory)
query = torch.randn(2, 5, 32)
print("attended", tuple(block(query).shape))
