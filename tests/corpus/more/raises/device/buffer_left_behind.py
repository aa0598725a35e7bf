# ---
# id: "device/buffer_left_behind"
# kind: "raises"
# cause: "the mask is a plain attribute, so .to(device) leaves it on the CPU while the model goes to meta."
# fix: "register_buffer."
# ---
import torch
from torch import nn


class CausalBlock(nn.Module):
    def __init__(self, dim, length):
        super().__init__()
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.allowed = torch.ones(length, length, dtype=torch.bool).tril()

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        weights = q @ k.mT / q.shape[-1] ** 0.5
        weights = weights.masked_fill(~self.allowed[: x.shape[1], : x.shape[1]], float("-inf"))
        return x + self.out(weights.softmax(-1) @ v)


def count_memory(device):
    model = nn.Sequential(CausalBlock(16, 32), CausalBlock(16, 32)).to(device)
    tokens = torch.empty(2, 10, 16, device=device)
    result = model(tokens)
    return sum(p.numel() for p in model.parameters()), result.shape


def main():
    # a dry run on the meta device: shapes without memory
    print(count_memory(torch.device("meta")))


if __name__ == "__main__":
    main()
