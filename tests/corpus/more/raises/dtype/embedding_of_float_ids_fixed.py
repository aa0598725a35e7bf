# ---
# fixes: "dtype/embedding_of_float_ids"
# kind: "fixed"
# ---
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words=50, tags=5):
        super().__init__()
        self.embed = nn.Embedding(words, 12)
        self.rnn = nn.GRU(12, 10, batch_first=True)
        self.out = nn.Linear(10, tags)

    def forward(self, ids):
        states, _ = self.rnn(self.embed(ids))
        return self.out(states)


def pad(sentences):
    longest = max(map(len, sentences))
    padded = torch.zeros(len(sentences), longest, dtype=torch.long)
    for row, words in enumerate(sentences):
        padded[row, : len(words)] = torch.tensor(words)
    return padded


batch = pad([[3, 8, 1], [4, 4], [9, 2, 6, 30]])
print(Tagger()(batch).shape)
