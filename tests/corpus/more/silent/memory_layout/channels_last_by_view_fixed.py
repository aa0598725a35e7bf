# ---
# id: "memory_layout/channels_last_by_view"
# kind: "silent"
# cause: "pictures (N, H, W, C) are viewed as (N, C, H, W), which mixes the values instead of moving the axis."
# fix: "permute(0, 3, 1, 2)."
# ---
import numpy as np
import torch
from torch import nn


def load(n):
    """Pictures as an image library gives them: height, width, colour."""
    rng = np.random.default_rng(0)
    colour = rng.integers(0, 3, size=n)
    pictures = rng.random((n, 8, 8, 3)).astype("float32") * 0.6
    pictures[np.arange(n), :, :, colour] += 0.3
    return pictures, colour


def main():
    torch.manual_seed(0)
    pictures, colour = load(160)
    height, width = pictures.shape[1:3]
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    labels = torch.from_numpy(colour)
    net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for epoch in range(20):
        for rows in torch.randperm(len(images)).split(32):
            loss = nn.functional.cross_entropy(net(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(f"accuracy {(net(images).argmax(1) == labels).float().mean():.2f}")


if __name__ == "__main__":
    main()
