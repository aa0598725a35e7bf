# ---
# id: "optimizer/lazily_made_projection"
# kind: "silent"
# cause: "the projection is made in the first forward, after the optimizer was made, so it is never trained."
# fix: "make it in __init__."
# ---
import torch
from torch import nn


class SetEncoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
        self.point = nn.Linear(2, width)
        self.project = nn.Linear(2 * width, 2)

    def forward(self, points):
        each = torch.relu(self.point(points))
        pooled = torch.cat([each.mean(1), each.amax(1)], dim=-1)
        return self.project(pooled)


torch.manual_seed(3)
encoder = SetEncoder(12)
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-2)
for step in range(60):
    points = torch.randn(16, 9, 2)
    spread = torch.stack([points[..., 0].std(1), points[..., 1].mean(1)], 1)
    loss = (encoder(points) - spread).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
