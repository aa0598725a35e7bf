# ---
# id: "dtype/prototypes_from_numpy"
# kind: "raises"
# cause: "torch.tensor of a float64 numpy matrix is float64; the embeddings it is multiplied with are float32."
# fix: "dtype=torch.float32 where the prototypes are made."
# ---
import numpy as np
import torch
from torch import nn


def simplex(classes, width):
    """Fixed class directions, far from each other."""
    q, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(width, width)))
    return torch.tensor(q[:classes], dtype=torch.float32)


class PrototypeNet(nn.Module):
    def __init__(self, inputs, width, classes):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(inputs, 16), nn.Hardswish(), nn.Linear(16, width))
        self.register_buffer("prototypes", simplex(classes, width))
        self.scale = nn.Parameter(torch.tensor(4.0))

    def forward(self, x):
        unit = nn.functional.normalize(self.embed(x), dim=-1)
        return self.scale * unit @ self.prototypes.T


def main():
    torch.manual_seed(0)
    features = torch.randn(60, 8)
    labels = features[:, :3].argmax(1)
    net = PrototypeNet(8, 6, 3)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2, nesterov=True, momentum=0.9)
    for epoch in range(4):
        for rows in torch.randperm(60).split(20):
            loss = nn.functional.cross_entropy(net(features[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(loss.item())


if __name__ == "__main__":
    main()
