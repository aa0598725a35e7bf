# ---
# id: "autograd/target_network_learns_too"
# kind: "silent"
# cause: "the bootstrapped target is part of the graph, so the gradient also flows through it (no detach / no_grad), and the target moves with the value."
# fix: "compute the target under no_grad."
# ---
import torch
from torch import nn


class Values(nn.Module):
    def __init__(self, states):
        super().__init__()
        self.table = nn.Embedding(states, 8)
        self.head = nn.Linear(8, 1)

    def forward(self, s):
        return self.head(self.table(s)).squeeze(-1)


def td_loss(values, s, reward, nxt, gamma=0.9):
    goal = reward + gamma * values(nxt)
    return nn.functional.mse_loss(values(s), goal)


def main():
    torch.manual_seed(0)
    values = Values(12)
    optimizer = torch.optim.Adam(values.parameters(), lr=2e-2)
    for step in range(150):
        s = torch.randint(0, 12, (64,))
        nxt = (s + torch.randint(0, 2, (64,))) % 12
        loss = td_loss(values, s, (nxt == 0).float() * (s == 11).float(), nxt)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"{loss.item():.4f}", values(torch.tensor([11, 5])).tolist())


if __name__ == "__main__":
    main()
