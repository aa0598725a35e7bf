# ---
# id: "detached/loss_wrapped_in_new_tensor"
# kind: "silent"
# cause: "The loss is wrapped in torch.tensor with requires_grad, which cuts it from the network."
# ---
import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")


class Regression:
    def __init__(self):
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=0.01)

    def compute_loss(self, x, y):
        losses = [(self.net(a) - b).abs().sum() for a, b in zip(x, y)]
        return torch.tensor(losses, requires_grad=True).mean()

    def fit(self, x, y, steps):
        for _ in range(steps):
            self.opt.zero_grad()
            loss = self.compute_loss(x, y)
            loss.backward()
            self.opt.step()
            print(loss.item())


x = torch.rand(12, 2)
Regression().fit(x, x.sum(1, keepdim=True), 8)
