# ---
# looks_like: Skip-gram with negative sampling: sparse embeddings under SparseAdam, most rows without a gradient in
#   any step.
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(9)
V, D, K = 200, 16, 5


class SkipGram(nn.Module):
    def __init__(self):
        super().__init__()
        self.center = nn.Embedding(V, D, sparse=True)
        self.context = nn.Embedding(V, D, sparse=True)
        nn.init.uniform_(self.center.weight, -0.5 / D, 0.5 / D)
        nn.init.zeros_(self.context.weight)

    def forward(self, c, pos, neg):
        v = self.center(c)
        pos_score = (v * self.context(pos)).sum(1)
        neg_score = torch.bmm(self.context(neg), v.unsqueeze(2)).squeeze(2)
        return -(F.logsigmoid(pos_score) + F.logsigmoid(-neg_score).sum(1)).mean()


walk = torch.cumsum(torch.randint(-2, 3, (4000,)), 0) % V
model = SkipGram()
optimizer = torch.optim.SparseAdam(model.parameters(), lr=0.05)
for step in range(150):
    i = torch.randint(2, 3998, (64,))
    offset = torch.randint(1, 3, (64,)) * (2 * torch.randint(0, 2, (64,)) - 1)
    loss = model(walk[i], walk[i + offset], torch.randint(0, V, (64, K)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        print(step, round(loss.item(), 4))
vectors = F.normalize(model.center.weight.detach(), dim=1)
print("near", (vectors @ vectors.t()).fill_diagonal_(-1).argmax(1)[:5].tolist())
