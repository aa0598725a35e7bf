# ---
# id: "nan/log_of_zero_probability"
# kind: "silent"
# cause: "log of a probability that is exactly 0, times 0, is nan."
# ---
import torch
from torch import nn


def entropy(p):
    return -(p * torch.log(p)).sum(1)


torch.manual_seed(0)
policy = nn.Linear(4, 3)
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
for step in range(15):
    obs = torch.randn(20, 4)
    logits = policy(obs)
    allowed = torch.ones(20, 3)
    allowed[:, 2] = 0
    probs = torch.softmax(logits, 1) * allowed
    probs = probs / probs.sum(1, keepdim=True)
    loss = -(probs[:, 0].mean() + 0.01 * entropy(probs).mean())
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss)
