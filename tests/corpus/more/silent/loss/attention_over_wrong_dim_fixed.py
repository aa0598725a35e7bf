# ---
# id: "loss/attention_over_wrong_dim"
# kind: "silent"
# cause: "the softmax of the attention scores is over the queries (dim=1), not over the keys."
# fix: "softmax(dim=-1)."
# ---
import torch
from torch import nn


class Lookup(nn.Module):
    """Attends from a few questions to the memory."""

    def __init__(self, dim):
        super().__init__()
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.out = nn.Linear(1, 1)

    def forward(self, questions, memory, values):
        scores = self.query(questions) @ self.key(memory).transpose(1, 2)
        weights = torch.softmax(scores / scores.shape[-1] ** 0.5, dim=2)
        return self.out(weights @ values)


def problem(batch):
    memory = torch.randn(batch, 8, 12)
    values = torch.randn(batch, 8, 1)
    chosen = torch.randint(8, (batch, 4))
    questions = memory.gather(1, chosen[..., None].expand(-1, -1, 12))
    return questions, memory, values, values.gather(1, chosen[..., None])


def main():
    torch.manual_seed(0)
    model = Lookup(12)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for step in range(80):
        *inputs, wanted = problem(32)
        loss = nn.functional.mse_loss(model(*inputs), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"{loss.item():.4f}")


if __name__ == "__main__":
    main()
