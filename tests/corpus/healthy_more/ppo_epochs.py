# ---
# looks_like: PPO: old log probabilities stored in no_grad, several epochs of shuffled minibatches over one rollout,
#   entropy bonus, clipped ratio.
# ---
import torch
import torch.nn as nn
from torch.distributions import Normal

torch.manual_seed(2)


def layer_init(layer, std=2**0.5, bias_const=0.0):
    torch.nn.init.orthogonal_(layer.weight, std)
    torch.nn.init.constant_(layer.bias, bias_const)
    return layer


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.critic = nn.Sequential(layer_init(nn.Linear(3, 32)), nn.Tanh(), layer_init(nn.Linear(32, 1), std=1.0))
        self.actor_mean = nn.Sequential(layer_init(nn.Linear(3, 32)), nn.Tanh(), layer_init(nn.Linear(32, 1), std=0.01))
        self.actor_logstd = nn.Parameter(torch.zeros(1, 1))

    def get_value(self, x):
        return self.critic(x)

    def get_action_and_value(self, x, action=None):
        mean = self.actor_mean(x)
        probs = Normal(mean, self.actor_logstd.expand_as(mean).exp())
        if action is None:
            action = probs.sample()
        return action, probs.log_prob(action).sum(1), probs.entropy().sum(1), self.critic(x)


agent = Agent()
optimizer = torch.optim.Adam(agent.parameters(), lr=3e-3, eps=1e-5)
updates = 12
for update in range(1, updates + 1):
    optimizer.param_groups[0]["lr"] = (1.0 - (update - 1.0) / updates) * 3e-3
    obs = torch.randn(128, 3)
    with torch.no_grad():
        actions, logprobs, _, values = agent.get_action_and_value(obs)
    rewards = -((actions.squeeze(-1) - obs[:, 0]) ** 2)
    advantages = rewards - values.flatten()
    returns = rewards
    for epoch in range(4):
        for mb in torch.randperm(128).split(32):
            _, newlogprob, entropy, newvalue = agent.get_action_and_value(obs[mb], actions[mb])
            ratio = (newlogprob - logprobs[mb]).exp()
            adv = advantages[mb]
            adv = (adv - adv.mean()) / (adv.std() + 1e-8)
            pg_loss = torch.max(-adv * ratio, -adv * torch.clamp(ratio, 0.8, 1.2)).mean()
            v_loss = 0.5 * ((newvalue.view(-1) - returns[mb]) ** 2).mean()
            loss = pg_loss - 0.01 * entropy.mean() + v_loss * 0.5
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
            optimizer.step()
    if update % 3 == 0:
        print(update, round(rewards.mean().item(), 3), round(loss.item(), 3))
