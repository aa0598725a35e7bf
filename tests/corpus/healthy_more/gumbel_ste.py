# ---
# looks_like: Discrete choices: gumbel_softmax(hard=True), a straight-through round, and a binary sign layer as a
#   custom autograd.Function.
# ---
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(17)


class SignSTE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * (x.abs() <= 1).float()


def fake_quantize(w, bits=4):
    scale = w.detach().abs().max() / (2 ** (bits - 1) - 1)
    q = torch.round(w / scale).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) * scale
    return w + (q - w).detach()


class QuantLinear(nn.Linear):
    def forward(self, x):
        return F.linear(x, fake_quantize(self.weight), self.bias)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = QuantLinear(8, 32)
        self.choose = nn.Linear(32, 6)
        self.codes = nn.Parameter(torch.randn(6, 16) * 0.5)
        self.binary = QuantLinear(8, 24)
        self.last = nn.Linear(40, 3)

    def forward(self, x, tau):
        logits = self.choose(torch.relu(self.first(x)))
        onehot = F.gumbel_softmax(logits, tau=tau, hard=True)
        bits = SignSTE.apply(self.binary(x))
        return self.last(torch.cat([onehot @ self.codes, bits], 1))


x = torch.randn(512, 8)
y = (x[:, :3]).argmax(1)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(200):
    idx = torch.randint(0, 512, (64,))
    tau = max(0.5, 2.0 * 0.99**step)
    loss = F.cross_entropy(net(x[idx], tau), y[idx])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, round(loss.item(), 3))
with torch.no_grad():
    print("accuracy", (net(x, 0.5).argmax(1) == y).float().mean().item())
