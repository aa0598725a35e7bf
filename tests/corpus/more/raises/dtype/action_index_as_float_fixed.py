# ---
# id: "dtype/action_index_as_float"
# kind: "raises"
# cause: "the actions of the replay buffer are stored as float32, and gather wants int64 indices."
# fix: "make the actions int64."
# ---
import random
from collections import deque, namedtuple

import torch
import torch.nn.functional as F
from torch import nn, optim

Step = namedtuple("Step", "state action reward nxt done")


class Replay:
    def __init__(self, size):
        self.steps = deque(maxlen=size)

    def push(self, *parts):
        self.steps.append(Step(*parts))

    def sample(self, n):
        chosen = random.sample(self.steps, n)
        states = torch.stack([s.state for s in chosen])
        actions = torch.tensor([s.action for s in chosen]).unsqueeze(1)
        rewards = torch.tensor([s.reward for s in chosen])
        nxt = torch.stack([s.nxt for s in chosen])
        done = torch.tensor([float(s.done) for s in chosen])
        return states, actions, rewards, nxt, done


class Agent:
    def __init__(self):
        self.q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
        self.target = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
        self.target.load_state_dict(self.q.state_dict())
        self.opt = optim.RMSprop(self.q.parameters(), lr=1e-3)

    def learn(self, replay):
        states, actions, rewards, nxt, done = replay.sample(16)
        chosen = self.q(states).gather(1, actions).squeeze(1)
        with torch.no_grad():
            best = self.target(nxt).max(1).values
        loss = F.smooth_l1_loss(chosen, rewards + 0.99 * best * (1 - done))
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return loss.item()


def main():
    torch.manual_seed(0)
    random.seed(0)
    replay, agent = Replay(500), Agent()
    state = torch.randn(4)
    for t in range(60):
        action = random.randrange(2)
        nxt = state + 0.1 * torch.randn(4)
        replay.push(state, action, float(nxt.sum()), nxt, t % 20 == 19)
        state = nxt
    print(f"td loss {agent.learn(replay):.3f}")


if __name__ == "__main__":
    main()
