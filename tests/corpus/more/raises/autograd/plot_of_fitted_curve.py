# ---
# id: "autograd/plot_of_fitted_curve"
# kind: "raises"
# cause: "the prediction requires grad, and numpy() is called on it."
# fix: ".detach().numpy()."
# ---
import numpy as np
import torch
from torch.func import functional_call
from torch import nn

torch.manual_seed(0)
curve = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1))
weights = {name: value.detach().clone().requires_grad_() for name, value in curve.named_parameters()}
x = torch.linspace(-2, 2, 60).unsqueeze(1)
y = torch.sin(2 * x)

for step in range(80):
    out = functional_call(curve, weights, (x,))
    loss = (out - y).square().mean()
    gradients = torch.autograd.grad(loss, list(weights.values()))
    weights = {n: (w - 0.1 * g).detach().requires_grad_() for (n, w), g in zip(weights.items(), gradients)}

fitted = functional_call(curve, weights, (x,))
residuals = fitted.squeeze(1).numpy() - y.squeeze(1).numpy()
print("rmse", np.sqrt(np.mean(residuals ** 2)).round(3))
