# ---
# id: "view/images_reshaped_to_channels_first"
# kind: "silent"
# cause: "view moves no axis: the H x W x C images become 3 channels of scrambled pixels."
# ---
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
raw = np.random.default_rng(0).random((40, 16, 16, 3)).astype(np.float32)
images = torch.from_numpy(raw).view(40, 3, 16, 16)
labels = torch.arange(40) % 2
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(3):
    for i in torch.randperm(40).split(10):
        opt.zero_grad()
        nn.functional.cross_entropy(net(images[i]), labels[i]).backward()
        opt.step()
