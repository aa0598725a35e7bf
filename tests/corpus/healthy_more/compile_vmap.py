# ---
# looks_like: torch.compile(backend="eager") beside torch.func: an ensemble by vmap over stacked parameters and per-
#   sample gradients.
# ---
import torch
from torch import nn
from torch.func import functional_call, grad, stack_module_state, vmap

torch.manual_seed(0)
X = torch.rand(128, 2) * 2 - 1
Y = ((X[:, 0] > 0) ^ (X[:, 1] > 0)).long()
net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
fast = torch.compile(net, backend="eager")
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for step in range(60):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(fast(X), Y)
    loss.backward()
    optimizer.step()
print("compiled", round(loss.item(), 4))

params = {k: v.detach() for k, v in net.named_parameters()}


def one_loss(params, x, y):
    return nn.functional.cross_entropy(functional_call(net, params, (x[None],)), y[None])


per_sample = vmap(grad(one_loss), in_dims=(None, 0, 0))(params, X[:16], Y[:16])
print("per sample", {k: tuple(v.shape) for k, v in per_sample.items()})

models = [nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2)) for _ in range(4)]
stacked, buffers = stack_module_state(models)
opt = torch.optim.Adam(stacked.values(), lr=0.03)


def call(p, b, x):
    return functional_call(models[0], (p, b), (x,))


for step in range(60):
    opt.zero_grad()
    out = vmap(call, in_dims=(0, 0, None))(stacked, buffers, X)
    losses = nn.functional.cross_entropy(out.flatten(0, 1), Y.repeat(4), reduction="none").view(4, -1).mean(1)
    losses.sum().backward()
    opt.step()
print("ensemble", [round(v, 3) for v in losses.tolist()])
