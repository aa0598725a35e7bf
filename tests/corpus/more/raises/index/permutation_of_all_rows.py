# ---
# id: "index/permutation_of_all_rows"
# kind: "raises"
# cause: "The permutation was made for the whole table but indexes the training part, which is shorter."
# ---
import torch
from torch import nn

torch.manual_seed(0)
X, y = torch.randn(200, 7), torch.randn(200, 1)
X_train, y_train = X[:150], y[:150]
lin = nn.Linear(7, 1)
opt = torch.optim.SGD(lin.parameters(), lr=0.01)
order = torch.randperm(len(X))
for start in range(0, len(order), 50):
    pick = order[start : start + 50]
    opt.zero_grad()
    loss = (lin(X_train[pick]) - y_train[pick]).pow(2).mean()
    loss.backward()
    opt.step()
