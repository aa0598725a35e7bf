# ---
# looks_like: A Gaussian process: three scalars are all the parameters, the loss is a log determinant by cholesky, one
#   data set for every step.
# ---
import math

import torch
from torch import nn


class GP(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_scale = nn.Parameter(torch.tensor(0.0))
        self.log_length = nn.Parameter(torch.tensor(0.0))
        self.log_noise = nn.Parameter(torch.tensor(-1.0))

    def kernel(self, a, b):
        d2 = (a[:, None] - b[None, :]) ** 2
        return (2 * self.log_scale).exp() * torch.exp(-0.5 * d2 / (2 * self.log_length).exp())

    def nll(self, x, y):
        K = self.kernel(x, x) + ((2 * self.log_noise).exp() + 1e-6) * torch.eye(len(x))
        L = torch.linalg.cholesky(K)
        alpha = torch.cholesky_solve(y[:, None], L).squeeze(-1)
        return 0.5 * y @ alpha + L.diagonal().log().sum() + 0.5 * len(x) * math.log(2 * math.pi)

    @torch.no_grad()
    def predict(self, x, y, new):
        K = self.kernel(x, x) + (2 * self.log_noise).exp() * torch.eye(len(x))
        k = self.kernel(new, x)
        return k @ torch.linalg.solve(K, y)


torch.manual_seed(1)
x = torch.rand(40) * 6
y = torch.sin(2 * x) + 0.1 * torch.randn(40)
gp = GP()
opt = torch.optim.Adam(gp.parameters(), lr=0.05)
for i in range(100):
    opt.zero_grad()
    loss = gp.nll(x, y)
    loss.backward()
    opt.step()
    if i % 25 == 0:
        print(i, round(loss.item(), 3))
new = torch.linspace(0.5, 5.5, 20)
print("error", (gp.predict(x, y, new) - torch.sin(2 * new)).abs().max().item())
