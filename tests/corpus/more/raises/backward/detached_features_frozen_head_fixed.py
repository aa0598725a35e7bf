# ---
# fixes: "backward/detached_features_frozen_head"
# kind: "fixed"
# ---
import torch
from torch import nn


class Finetune(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        return self.head(self.backbone(x))


model = Finetune()
for p in model.backbone.parameters():
    p.requires_grad = False
opt = torch.optim.SGD(model.head.parameters(), lr=0.1)
loss = nn.functional.cross_entropy(model(torch.rand(6, 3, 16, 16)), torch.randint(0, 5, (6,)))
loss.backward()
opt.step()
