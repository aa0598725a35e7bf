# ---
# looks_like: Descent by hand: parameters changed under no_grad, gradients set to None, a tiny learning rate.
# ---
import torch
torch.manual_seed(0)
x = torch.linspace(-3.14, 3.14, 200); y = torch.sin(x)
a, b, c, d = (torch.randn((), requires_grad=True) for _ in range(4)); lr = 1e-6
for t in range(300):
    pred = a + b * x + c * x ** 2 + d * x ** 3
    loss = (pred - y).pow(2).sum(); loss.backward()
    with torch.no_grad():
        for p in (a, b, c, d): p -= lr * p.grad; p.grad = None
print(loss.item())
