# ---
# fixes: "broadcast/accuracy_counts_pairs"
# kind: "fixed"
# ---
import torch
from torch import nn

torch.manual_seed(0)
clf = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.Adam(clf.parameters(), lr=0.02)
x = torch.randn(150, 3)
y = (x[:, 0] > 0).float()
for epoch in range(8):
    for i in torch.randperm(150).split(50):
        opt.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(clf(x[i]).squeeze(1), y[i])
        loss.backward()
        opt.step()
with torch.no_grad():
    guess = torch.sigmoid(clf(x)).round()
    acc = (guess.squeeze(1) == y).float().mean()
print(f"accuracy {acc:.3f}")
