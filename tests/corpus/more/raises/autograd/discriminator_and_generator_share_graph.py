# ---
# id: "autograd/discriminator_and_generator_share_graph"
# kind: "raises"
# cause: "the generated images go into both losses; the discriminator's backward frees the generator's graph."
# fix: "detach the fakes for the discriminator's step."
# ---
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class GanConfig:
    noise: int = 4
    size: int = 2
    steps: int = 6


class Gan:
    def __init__(self, config):
        self.config = config
        self.g = nn.Sequential(nn.Linear(config.noise, 16), nn.LeakyReLU(0.2), nn.Linear(16, config.size))
        self.d = nn.Sequential(nn.Linear(config.size, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
        self.g_opt = torch.optim.Adam(self.g.parameters(), 2e-3, betas=(0.5, 0.99))
        self.d_opt = torch.optim.Adam(self.d.parameters(), 2e-3, betas=(0.5, 0.99))
        self.bce = nn.BCEWithLogitsLoss()

    def step(self, real):
        ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
        fake = self.g(torch.randn(len(real), self.config.noise))

        self.d_opt.zero_grad()
        d_loss = self.bce(self.d(real), ones) + self.bce(self.d(fake), zeros)
        d_loss.backward()
        self.d_opt.step()

        self.g_opt.zero_grad()
        g_loss = self.bce(self.d(fake), ones)
        g_loss.backward()
        self.g_opt.step()
        return d_loss.item(), g_loss.item()


def main():
    torch.manual_seed(0)
    gan = Gan(GanConfig())
    for _ in range(gan.config.steps):
        print(gan.step(torch.randn(32, 2) * 0.3 + 1))


if __name__ == "__main__":
    main()
