# ---
# fixes: "frozen/never_unfrozen"
# kind: "fixed"
# ---
import torch
from torch import nn


class Transfer(nn.Module):
    def __init__(self, backbone, classes):
        super().__init__()
        self.backbone = backbone
        self.backbone.requires_grad_(False)
        self.head = nn.Linear(14, classes)

    def forward(self, x):
        return self.head(self.backbone(x))


torch.manual_seed(0)
model = Transfer(nn.Sequential(nn.Linear(7, 14), nn.Tanh()), 3)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(12):
    y = torch.randint(0, 3, (30,))
    x = torch.randn(30, 7) + y[:, None]
    opt.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    opt.step()
