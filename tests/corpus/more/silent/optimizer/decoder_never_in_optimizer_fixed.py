# ---
# id: "optimizer/decoder_never_in_optimizer"
# kind: "silent"
# cause: "the optimizer gets only the encoder's parameters; the decoder never changes."
# fix: "both parameter lists."
# ---
import itertools

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, inputs, code):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(inputs, 24), nn.ELU(), nn.Linear(24, code))

    def forward(self, x):
        return self.net(x)


class Decoder(nn.Module):
    def __init__(self, code, outputs):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(code, 24), nn.ELU(), nn.Linear(24, outputs))

    def forward(self, z):
        return self.net(z)


def main():
    torch.manual_seed(0)
    hidden = torch.randn(200, 2)
    data = torch.cat([hidden, hidden * 2, hidden[:, :1] - hidden[:, 1:]], dim=1)
    encoder, decoder = Encoder(5, 2), Decoder(2, 5)
    optimizer = torch.optim.Adam(itertools.chain(encoder.parameters(), decoder.parameters()), lr=1e-2)
    for epoch in range(20):
        for x in data[torch.randperm(200)].split(50):
            loss = nn.functional.mse_loss(decoder(encoder(x)), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(f"{loss.item():.4f}")


if __name__ == "__main__":
    main()
