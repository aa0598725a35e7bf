# ---
# fixes: "shape/attention_scores_untransposed"
# kind: "fixed"
# ---
import math

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, seq):
        q, k, v = self.q(seq), self.k(seq), self.v(seq)
        scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(q.size(-1))
        return torch.softmax(scores, dim=-1) @ v


attn = Attention(24)
print(attn(torch.randn(2, 7, 24)).shape)
