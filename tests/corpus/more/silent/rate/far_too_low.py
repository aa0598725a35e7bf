# ---
# id: "rate/far_too_low"
# kind: "silent"
# cause: "With a learning rate of 1e-8 the weights do not move."
# ---
import torch
import torch.nn as nn


class Runner:
    def __init__(self, net, lr=1e-8):
        self.net = net
        self.opt = torch.optim.SGD(net.parameters(), lr=lr)

    def run(self, steps):
        for _ in range(steps):
            x = torch.randn(64, 4)
            loss = nn.functional.mse_loss(self.net(x), x.sum(1, keepdim=True))
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
        return loss.item()


torch.manual_seed(0)
print(Runner(nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))).run(80))
