# ---
# id: "autograd/reward_without_graph"
# kind: "raises"
# cause: "the log probabilities are recomputed from detached numbers (item()), so the policy loss has no grad_fn."
# fix: "keep the log probabilities as tensors and stack them."
# ---
import torch
from torch import nn
from torch.distributions import Categorical


def rollout(policy, steps=12):
    state = torch.randn(3)
    log_probs, rewards = [], []
    for _ in range(steps):
        choice = Categorical(logits=policy(state))
        action = choice.sample()
        log_probs.append(choice.log_prob(action).item())
        state = state + 0.1 * (action.float() - 0.5)
        rewards.append(-state.abs().sum().item())
    return log_probs, rewards


def returns_of(rewards, gamma=0.95):
    out, total = [], 0.0
    for reward in reversed(rewards):
        total = reward + gamma * total
        out.insert(0, total)
    found = torch.tensor(out)
    return (found - found.mean()) / (found.std() + 1e-6)


def main():
    torch.manual_seed(0)
    policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
    for episode in range(5):
        log_probs, rewards = rollout(policy)
        log_probs = torch.tensor(log_probs)
        loss = -(log_probs * returns_of(rewards)).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(episode, f"{sum(rewards):.2f}")


if __name__ == "__main__":
    main()
