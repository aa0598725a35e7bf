# ---
# looks_like: Activation checkpointing: every block's forward runs twice a step, inside the backward pass the second
#   time.
# ---
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

torch.manual_seed(0)


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.ReLU(), nn.Dropout(0.05), nn.Linear(2 * width, width))

    def forward(self, x):
        return x + self.body(x)


class Deep(nn.Module):
    def __init__(self, width=24, depth=6):
        super().__init__()
        self.stem = nn.Linear(5, width)
        self.blocks = nn.ModuleList([Residual(width) for _ in range(depth)])
        self.tail = nn.Sequential(Residual(width), Residual(width))
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False) if self.training else block(x)
        x = checkpoint_sequential(self.tail, 2, x, use_reentrant=False) if self.training else self.tail(x)
        return self.head(x)


x = torch.randn(256, 5)
y = torch.sin(x.sum(1, keepdim=True))
model = Deep()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(10):
    model.train()
    for chunk in torch.randperm(256).split(64):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[chunk]), y[chunk])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, round(nn.functional.mse_loss(model(x), y).item(), 4))
