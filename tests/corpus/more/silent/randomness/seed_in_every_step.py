# ---
# id: "randomness/seed_in_every_step"
# kind: "silent"
# cause: "the seed is set in the function that draws the noise, so each step has the same noise."
# fix: "seed once before the loop."
# ---
import torch
from torch import nn


def corrupt(x, level=0.5):
    torch.manual_seed(42)
    return x + level * torch.randn_like(x)


class Denoiser(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(size, 32), nn.ReLU(), nn.Linear(32, size))

    def forward(self, x):
        return self.net(x)


def main():
    basis = torch.randn(2, 16)
    clean = torch.randn(64, 2) @ basis
    model = Denoiser(16)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    noises = set()
    for step in range(60):
        noisy = corrupt(clean)
        noises.add(round((noisy - clean).sum().item(), 3))
        loss = nn.functional.mse_loss(model(noisy), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"loss {loss.item():.3f}, different noises {len(noises)}")


if __name__ == "__main__":
    main()
