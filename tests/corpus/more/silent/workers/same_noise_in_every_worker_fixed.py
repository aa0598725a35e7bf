# ---
# id: "workers/same_noise_in_every_worker"
# kind: "silent"
# cause: "the augmentation draws from a NumPy generator made once in the data set, so each worker has the same copy of it and they give the same noise."
# fix: "draw from torch (seeded apart in each worker)."
# ---
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    def __init__(self, n):
        self.clean = torch.linspace(0, 1, n)

    def __len__(self):
        return len(self.clean)

    def __getitem__(self, i):
        jitter = torch.randn(4)
        return self.clean[i] + 0.3 * jitter, jitter, self.clean[i]


def main():
    torch.manual_seed(0)
    loader = DataLoader(Noisy(64), batch_size=8, num_workers=2, shuffle=True)
    net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    seen = []
    for noisy, jitter, clean in loader:
        loss = nn.functional.mse_loss(net(noisy).squeeze(1), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen += [round(v, 5) for v in jitter[:, 0].tolist()]
    print(f"{loss.item():.3f}", "samples", len(seen), "different noises", len(set(seen)))


if __name__ == "__main__":
    main()
