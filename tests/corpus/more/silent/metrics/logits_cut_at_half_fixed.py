# ---
# id: "metrics/logits_cut_at_half"
# kind: "silent"
# cause: "the network gives logits, and the decision is taken at 0.5 instead of at 0."
# fix: "> 0."
# ---
import torch
from torch import nn

torch.manual_seed(0)


class Labeller(nn.Module):
    """Several labels for a text of word ids, each on or off."""

    def __init__(self, words, labels):
        super().__init__()
        self.bag = nn.EmbeddingBag(words, 24)
        self.out = nn.Linear(24, labels)

    def forward(self, ids):
        return self.out(self.bag(ids))


ids = torch.randint(0, 60, (300, 10))
labels = torch.stack([(ids % m == 0).sum(1) > 10 / m for m in (2, 3, 5)], 1).float()
model = Labeller(60, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
criterion = nn.BCEWithLogitsLoss()


def micro_f1(part):
    model.eval()
    with torch.no_grad():
        on = model(ids[part]) > 0
    hits = (on & labels[part].bool()).sum()
    model.train()
    return (2 * hits / (on.sum() + labels[part].sum())).item()


for epoch in range(8):
    for rows in torch.randperm(240).split(40):
        optimizer.zero_grad()
        criterion(model(ids[rows]), labels[rows]).backward()
        optimizer.step()
    print(epoch, round(micro_f1(slice(240, 300)), 3))
