# ---
# fixes: "view/images_reshaped_to_channels_first"
# kind: "fixed"
# ---
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
raw = np.random.default_rng(0).random((40, 16, 16, 3)).astype(np.float32)
images = torch.from_numpy(raw).permute(0, 3, 1, 2)
labels = torch.arange(40) % 2
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(3):
    for i in torch.randperm(40).split(10):
        opt.zero_grad()
        nn.functional.cross_entropy(net(images[i]), labels[i]).backward()
        opt.step()
