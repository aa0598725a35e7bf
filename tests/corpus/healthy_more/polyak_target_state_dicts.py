# ---
# looks_like: Soft target updates through two state_dicts mixed into a third each step, and SAC-like twin critics;
#   regression to a moving target.
# ---
import copy

import torch
from torch import nn

torch.manual_seed(0)


class TwinQ(nn.Module):
    def __init__(self):
        super().__init__()
        self.q1 = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
        self.q2 = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, s, a):
        sa = torch.cat([s, a], -1)
        return self.q1(sa).squeeze(-1), self.q2(sa).squeeze(-1)


actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())
critic = TwinQ()
critic_target = copy.deepcopy(critic)
actor_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_opt = torch.optim.Adam(critic.parameters(), lr=3e-3)
log_alpha = torch.zeros(1, requires_grad=True)
alpha_opt = torch.optim.Adam([log_alpha], lr=1e-3)
for step in range(150):
    s, s2 = torch.randn(64, 3), torch.randn(64, 3)
    a = (actor(s) + 0.2 * torch.randn(64, 1)).clamp(-1, 1).detach()
    r = -(a.squeeze(-1) - s[:, 0].tanh()) ** 2
    with torch.no_grad():
        t1, t2 = critic_target(s2, actor(s2))
        target = r + 0.5 * torch.min(t1, t2)
    q1, q2 = critic(s, a)
    critic_loss = nn.functional.mse_loss(q1, target) + nn.functional.mse_loss(q2, target)
    critic_opt.zero_grad()
    critic_loss.backward()
    critic_opt.step()
    if step % 2 == 0:
        actor_loss = -critic(s, actor(s))[0].mean()
        actor_opt.zero_grad()
        actor_loss.backward()
        actor_opt.step()
        alpha_loss = -(log_alpha * (q1.detach().mean() + 1)).mean()
        alpha_opt.zero_grad()
        alpha_loss.backward()
        alpha_opt.step()
        source = critic.state_dict()
        mixed = {k: 0.95 * v + 0.05 * source[k] for k, v in critic_target.state_dict().items()}
        critic_target.load_state_dict(mixed)
    if step % 50 == 0:
        print(step, round(critic_loss.item(), 4), round(actor_loss.item(), 4))
with torch.no_grad():
    s = torch.randn(200, 3)
    print("gap", (actor(s).squeeze(-1) - s[:, 0].tanh()).abs().mean().item())
