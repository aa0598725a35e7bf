# ---
# fixes: "dtype/float_class_labels"
# kind: "fixed"
# ---
import numpy as np
import torch
import torch.nn.functional as F

table = np.random.default_rng(0).normal(size=(90, 5)).astype("float32")
table[:, 4] = np.arange(90) % 3
data = torch.tensor(table)
xs, ys = data[:, :4], data[:, 4].long()
w = torch.zeros(4, 3, requires_grad=True)
b = torch.zeros(3, requires_grad=True)
for it in range(20):
    loss = F.cross_entropy(xs @ w + b, ys)
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        w.grad.zero_()
        b.grad.zero_()
