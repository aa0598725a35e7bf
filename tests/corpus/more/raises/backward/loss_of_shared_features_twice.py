# ---
# id: "backward/loss_of_shared_features_twice"
# kind: "raises"
# cause: "Two losses share one forward pass and each calls backward; the first frees the graph they share."
# ---
import torch
from torch import nn

body = nn.Sequential(nn.Linear(8, 16), nn.Tanh())
age, sex = nn.Linear(16, 1), nn.Linear(16, 2)
params = list(body.parameters()) + list(age.parameters()) + list(sex.parameters())
opt = torch.optim.Adam(params, lr=1e-3)
people, years, label = torch.randn(20, 8), torch.rand(20, 1), torch.randint(0, 2, (20,))
for _ in range(4):
    code = body(people)
    loss_age = nn.functional.l1_loss(age(code), years)
    loss_sex = nn.functional.cross_entropy(sex(code), label)
    opt.zero_grad()
    loss_age.backward()
    loss_sex.backward()
    opt.step()
