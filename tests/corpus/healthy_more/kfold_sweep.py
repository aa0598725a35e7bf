# ---
# looks_like: Models and optimizers made anew in a loop, with the same seed each time, on purpose.
# ---
import torch
from torch import nn
X = torch.randn(120, 4, generator=torch.Generator().manual_seed(1)); Y = (X[:, 0] * X[:, 1] > 0).float().unsqueeze(1)
for lr in (0.003, 0.03):
    scores = []
    for fold in X.new_tensor(range(120)).long().chunk(3):
        torch.manual_seed(0)
        keep = torch.ones(120, dtype=torch.bool); keep[fold] = False
        net = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), lr)
        for e in range(60):
            opt.zero_grad(); nn.functional.binary_cross_entropy_with_logits(net(X[keep]), Y[keep]).backward(); opt.step()
        net.eval()
        with torch.no_grad(): scores.append(((net(X[fold]) > 0).float() == Y[fold]).float().mean().item())
    print(lr, sum(scores) / 3)
