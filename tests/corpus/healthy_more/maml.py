# ---
# looks_like: Parameters are replaced by computed ones inside the loop, and a graph is kept through gradients.
# ---
import torch
from torch import nn
from torch.func import functional_call
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 20), nn.ReLU(), nn.Linear(20, 1)); meta = torch.optim.Adam(net.parameters(), 1e-2)
for it in range(15):
    meta.zero_grad(); outer = 0
    for task in range(3):
        a = torch.rand(1) * 4 + 1; x = torch.rand(10, 1) * 4 - 2; y = a * torch.sin(x)
        params = dict(net.named_parameters())
        inner = nn.functional.mse_loss(functional_call(net, params, (x,)), y)
        grads = torch.autograd.grad(inner, params.values(), create_graph=True)
        fast = {k: p - 0.05 * g for (k, p), g in zip(params.items(), grads)}
        x2 = torch.rand(10, 1) * 4 - 2
        outer = outer + nn.functional.mse_loss(functional_call(net, fast, (x2,)), a * torch.sin(x2))
    outer.backward(); meta.step()
print(outer.item())
