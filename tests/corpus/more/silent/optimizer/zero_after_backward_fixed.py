# ---
# id: "optimizer/zero_after_backward"
# kind: "silent"
# cause: "zero_grad is called between backward and step, so every step sees no gradient."
# fix: "zero_grad before backward."
# ---
import torch
from torch import nn


class CharModel(nn.Module):
    def __init__(self, size, width=24):
        super().__init__()
        self.embed = nn.Embedding(size, width)
        self.rnn = nn.LSTM(width, width, batch_first=True)
        self.out = nn.Linear(width, size)

    def forward(self, ids, state=None):
        hidden, state = self.rnn(self.embed(ids), state)
        return self.out(hidden), state


def windows(ids, length, batch):
    while True:
        starts = torch.randint(len(ids) - length - 1, (batch,))
        yield (
            torch.stack([ids[s : s + length] for s in starts]),
            torch.stack([ids[s + 1 : s + length + 1] for s in starts]),
        )


def training_step(model, optimizer, x, y):
    logits, _ = model(x)
    loss = nn.functional.cross_entropy(logits.transpose(1, 2), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def main():
    torch.manual_seed(0)
    text = "the quick brown fox jumps over the lazy dog " * 8
    letters = sorted(set(text))
    ids = torch.tensor([letters.index(c) for c in text])
    model = CharModel(len(letters))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for step, (x, y) in zip(range(40), windows(ids, 12, 8)):
        loss = training_step(model, optimizer, x, y)
    print(f"last loss {loss:.3f}")


if __name__ == "__main__":
    main()
