# ---
# id: "shape/einsum_letters_of_bilinear"
# kind: "raises"
# cause: "the relation weights are (relations, dim, dim) but the letters put the relation last, so sizes do not agree."
# fix: "write \"bi,rij,bj->br\"."
# ---
import torch
from torch import nn


class Biaffine(nn.Module):
    def __init__(self, dim, relations):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(relations, dim, dim) * 0.1)
        self.bias = nn.Parameter(torch.zeros(relations))

    def forward(self, heads, tails):
        return torch.einsum("bi,ijr,bj->br", heads, self.weight, tails) + self.bias


torch.manual_seed(0)
entities = nn.Embedding(40, 12)
scorer = Biaffine(12, 6)
params = [*entities.parameters(), *scorer.parameters()]
optimizer = torch.optim.Adagrad(params, lr=0.1)

triples = torch.stack([torch.randint(0, 40, (100,)), torch.randint(0, 6, (100,)), torch.randint(0, 40, (100,))], 1)
for step in range(10):
    h, r, t = triples[torch.randperm(100)[:20]].unbind(1)
    logits = scorer(entities(h), entities(t))
    loss = nn.functional.cross_entropy(logits, r)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
