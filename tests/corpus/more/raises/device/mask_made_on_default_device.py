# ---
# id: "device/mask_made_on_default_device"
# kind: "raises"
# cause: "The mask is made without device=, so it lives on the CPU while the scores live on the accelerator."
# ---
import torch
from torch import nn


class CausalBlock(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.qk = nn.Linear(dim, 2 * dim)

    def forward(self, x):
        n = x.shape[1]
        q, k = self.qk(x).chunk(2, dim=-1)
        scores = q @ k.transpose(1, 2)
        mask = torch.triu(torch.ones(n, n), diagonal=1) * -1e9
        return (scores + mask).softmax(dim=-1)


block = CausalBlock(16).to("meta")
print(block(torch.empty(2, 5, 16, device="meta")).shape)
