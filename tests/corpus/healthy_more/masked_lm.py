# ---
# looks_like: Masked language model: labels are -100 where nothing was masked, the encoder's output layer is tied to
#   the embedding.
# ---
import torch
import torch.nn as nn

torch.manual_seed(7)
VOCAB, MASK, L, D = 20, 19, 12, 32


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(VOCAB, D)
        self.pos = nn.Embedding(L, D)
        layer = nn.TransformerEncoderLayer(D, 4, 64, dropout=0.0, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 1)
        self.bias = nn.Parameter(torch.zeros(VOCAB))

    def forward(self, ids):
        x = self.tok(ids) + self.pos(torch.arange(ids.size(1)))
        return self.encoder(x) @ self.tok.weight.T / D**0.5 + self.bias


def batch(n=48):
    start = torch.randint(0, 6, (n, 1))
    stride = torch.randint(1, 3, (n, 1))
    ids = (start + stride * torch.arange(L)) % 18
    masked = torch.rand(ids.shape) < 0.2
    labels = torch.where(masked, ids, -100)
    return torch.where(masked, MASK, ids), labels


model = Bert()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=5e-3, total_steps=100)
loss_fn = nn.CrossEntropyLoss()
for step in range(100):
    ids, labels = batch()
    logits = model(ids)
    loss = loss_fn(logits.view(-1, VOCAB), labels.view(-1))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
    if step % 25 == 0:
        print(step, round(loss.item(), 3))
model.eval()
with torch.no_grad():
    ids, labels = batch(100)
    where = labels != -100
    print("accuracy", (model(ids).argmax(-1)[where] == labels[where]).float().mean().item())
