# ---
# looks_like: Training without nn or optim: w -= lr * w.grad in no_grad and grad.zero_(), pairwise distances x[:,
#   None] - x, k-means beside.
# ---
import torch

torch.manual_seed(0)
x = torch.linspace(-3.14, 3.14, 500)
y = torch.sin(x)
a, b, c, d = (torch.randn((), requires_grad=True) for _ in range(4))
learning_rate = 1e-6
for t in range(600):
    y_pred = a + b * x + c * x**2 + d * x**3
    loss = (y_pred - y).pow(2).sum()
    if t % 200 == 199:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        for p in (a, b, c, d):
            p -= learning_rate * p.grad
            p.grad.zero_()

# multidimensional scaling: points are the parameters, all pairs are compared with all
where = torch.rand(30, 2)
wanted = (where[:, None] - where[None]).pow(2).sum(-1)
z = torch.randn(30, 2, requires_grad=True)
for t in range(200):
    got = (z[:, None] - z).pow(2).sum(-1)
    stress = ((got - wanted) ** 2).mean()
    (g,) = torch.autograd.grad(stress, z)
    with torch.no_grad():
        z.sub_(g, alpha=2.0)
print("stress", round(stress.item(), 5))

# k-means, nothing to differentiate
points = torch.cat([torch.randn(50, 2) + c for c in (-4.0, 0.0, 4.0)])
centres = points[torch.randperm(150)[:3]].clone()
for _ in range(10):
    nearest = torch.cdist(points, centres).argmin(1)
    centres = torch.stack([points[nearest == k].mean(0) if (nearest == k).any() else centres[k] for k in range(3)])
print("centres", centres.shape)
