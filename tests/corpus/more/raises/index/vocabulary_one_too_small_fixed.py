# ---
# fixes: "index/vocabulary_one_too_small"
# kind: "fixed"
# ---
import torch
from torch import nn

text = "the cat sat on the mat and the dog sat on the cat".split()
vocab = {word: number for number, word in enumerate(sorted(set(text)), start=1)}
ids = torch.tensor([vocab[word] for word in text])

emb = nn.Embedding(len(vocab) + 1, 6)
lm = nn.Linear(6, len(vocab) + 1)
adam = torch.optim.Adam([*emb.parameters(), *lm.parameters()], lr=0.02)
for _ in range(10):
    guess = lm(emb(ids[:-1]))
    loss = nn.functional.cross_entropy(guess, ids[1:])
    adam.zero_grad()
    loss.backward()
    adam.step()
