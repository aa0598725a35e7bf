# ---
# id: "loss/sigmoid_head_with_logits_loss"
# kind: "silent"
# cause: "the network ends in a Sigmoid and BCEWithLogitsLoss applies another."
# fix: "leave the Sigmoid out."
# ---
from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass
class Experiment:
    widths: list = field(default_factory=lambda: [6, 24, 1])
    rate: float = 1e-2
    steps: int = 80


def build(widths):
    layers = []
    for a, b in zip(widths, widths[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    layers[-1] = nn.Sigmoid()
    return nn.Sequential(*layers)


class Detector:
    def __init__(self, experiment):
        self.net = build(experiment.widths)
        self.loss = nn.BCEWithLogitsLoss()
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=experiment.rate)

    def update(self, signals, present):
        loss = self.loss(self.net(signals).flatten(), present)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


def main():
    torch.manual_seed(0)
    experiment = Experiment()
    detector = Detector(experiment)
    for _ in range(experiment.steps):
        signals = torch.randn(48, 6)
        loss = detector.update(signals, (signals.sum(1) > 0).float())
    print(f"{loss:.3f}")


if __name__ == "__main__":
    main()
