# ---
# fixes: "backward/loss_not_reduced"
# kind: "fixed"
# ---
import torch
from torch import nn


class WeightedTrainer:
    def __init__(self, net, weights):
        self.net, self.weights = net, weights
        self.loss = nn.CrossEntropyLoss(reduction="none")
        self.opt = torch.optim.NAdam(net.parameters())

    def step(self, x, y):
        self.opt.zero_grad()
        each = self.loss(self.net(x), y) * self.weights[y]
        each.mean().backward()
        self.opt.step()


WeightedTrainer(nn.Linear(6, 3), torch.tensor([1.0, 2.0, 0.5])).step(torch.randn(9, 6), torch.arange(9) % 3)
