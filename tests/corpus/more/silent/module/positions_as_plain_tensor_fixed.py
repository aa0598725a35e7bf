# ---
# id: "module/positions_as_plain_tensor"
# kind: "silent"
# cause: "the positions are a plain tensor with requires_grad, not a Parameter: not in parameters(), so never trained."
# fix: "nn.Parameter."
# ---
import torch
from torch import nn


class Sorter(nn.Module):
    """Which of the tokens is the largest?"""

    def __init__(self, length, dim):
        super().__init__()
        self.value = nn.Linear(1, dim)
        self.where = nn.Parameter(torch.randn(length, dim))
        self.layer = nn.TransformerEncoderLayer(dim, 2, 32, dropout=0.0, batch_first=True)
        self.out = nn.Linear(dim, length)

    def forward(self, numbers):
        x = self.value(numbers.unsqueeze(-1)) + self.where
        return self.out(self.layer(x).mean(1))


torch.manual_seed(0)
net = Sorter(5, 16)
optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3)
for step in range(40):
    numbers = torch.rand(64, 5)
    loss = nn.functional.cross_entropy(net(numbers), numbers.argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item(), "parameters", sum(p.numel() for p in net.parameters()))
