# ---
# id: "autograd/rounded_counts"
# kind: "silent"
# cause: "the predicted counts are rounded before the loss; round has gradient zero."
# fix: "the loss on the unrounded output."
# ---
import torch
from torch import nn

torch.manual_seed(0)
visits = torch.rand(300, 4) * 3
counts = torch.poisson(visits @ torch.tensor([1.0, 0.5, 0.2, 2.0]))
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1), nn.Softplus())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def error_of(x, wanted):
    expected = model(x).squeeze(1)
    return (expected - wanted).abs().mean()


for epoch in range(20):
    order = torch.randperm(300)
    for part in order.chunk(6):
        optimizer.zero_grad()
        error = error_of(visits[part], counts[part])
        error.backward()
        optimizer.step()
print("mean error", error.item())
