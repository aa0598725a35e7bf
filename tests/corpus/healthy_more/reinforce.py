# ---
# looks_like: The loss has no target and need not fall; the policy ends in a softmax because actions are drawn from it.
# ---
import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.Dropout(0.1), nn.ReLU(), nn.Linear(32, 2), nn.Softmax(dim=1))
opt = torch.optim.Adam(policy.parameters(), lr=1e-2)
eps = 1e-6
for episode in range(15):
    log_probs, rewards = [], []
    for t in range(10):
        s = torch.randn(1, 4); m = Categorical(policy(s)); a = m.sample()
        log_probs.append(m.log_prob(a)); rewards.append(float(a.item() == (s[0, 0] > 0).item()))
    R, returns = 0, []
    for r in rewards[::-1]:
        R = r + 0.99 * R; returns.insert(0, R)
    returns = torch.tensor(returns); returns = (returns - returns.mean()) / (returns.std() + eps)
    opt.zero_grad()
    loss = torch.cat([-lp * R for lp, R in zip(log_probs, returns)]).sum()
    loss.backward(); opt.step()
print(loss.item())
