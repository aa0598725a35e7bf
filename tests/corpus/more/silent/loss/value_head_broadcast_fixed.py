# ---
# id: "loss/value_head_broadcast"
# kind: "silent"
# cause: "the critic gives (N, 1) and the returns are (N,): the difference broadcasts to (N, N)."
# fix: "squeeze the critic's output."
# ---
import torch
from torch import nn
from torch.distributions import Normal


class ActorCritic(nn.Module):
    def __init__(self, observations):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(observations, 24), nn.Tanh())
        self.mean = nn.Linear(24, 1)
        self.log_std = nn.Parameter(torch.zeros(1))
        self.value = nn.Linear(24, 1)

    def forward(self, seen):
        h = self.body(seen)
        return Normal(self.mean(h).squeeze(-1), self.log_std.exp()), self.value(h).squeeze(-1)


def update(model, optimizer, seen, actions, returns):
    policy, value = model(seen)
    advantage = returns - value
    actor = -(policy.log_prob(actions) * advantage.detach()).mean()
    critic = advantage.pow(2).mean()
    loss = actor + 0.5 * critic - 0.01 * policy.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return critic.item()


def main():
    torch.manual_seed(0)
    model = ActorCritic(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(60):
        seen = torch.randn(40, 3)
        with torch.no_grad():
            actions = model(seen)[0].sample()
        returns = seen.sum(1) - 0.1 * actions.square()
        critic = update(model, optimizer, seen, actions, returns)
    print(f"critic {critic:.3f}")


if __name__ == "__main__":
    main()
