# ---
# id: "index/vocabulary_without_unknown"
# kind: "raises"
# cause: "ids run up to len(words) (0 is padding), so the embedding needs one row more."
# fix: "nn.Embedding(len(words) + 1, dim)."
# ---
import torch
from torch import nn

TEXTS = ["the cat sat", "a dog ran off", "the dog sat", "a cat ran"]
LABELS = [0, 1, 1, 0]


def vocabulary(texts):
    words = sorted({word for text in texts for word in text.split()})
    return {word: k for k, word in enumerate(words, start=1)}


def encode(text, words, length=5):
    ids = [words[word] for word in text.split()]
    return ids + [0] * (length - len(ids))


class BagOfWords(nn.Module):
    def __init__(self, size, dim=6):
        super().__init__()
        self.embed = nn.Embedding(size, dim, padding_idx=0)
        self.score = nn.Linear(dim, 2)

    def forward(self, ids):
        return self.score(self.embed(ids).mean(1))


def main():
    words = vocabulary(TEXTS)
    ids = torch.tensor([encode(text, words) for text in TEXTS])
    model = BagOfWords(len(words))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(20):
        loss = nn.functional.cross_entropy(model(ids), torch.tensor(LABELS))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(round(loss.item(), 3))


if __name__ == "__main__":
    main()
