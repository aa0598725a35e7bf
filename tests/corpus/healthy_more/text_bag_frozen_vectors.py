# ---
# looks_like: Text classification: frozen pretrained vectors, EmbeddingBag with offsets, a custom collate, unequal
#   batches and a total count.
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(12)
good, bad, dull = "great fine lovely superb".split(), "awful poor sad grim".split(), "the film was a plot with an actor".split()
vocab = {w: i for i, w in enumerate(good + bad + dull)}


def sentence(k):
    g = torch.Generator().manual_seed(k)
    words = [dull[i] for i in torch.randint(0, len(dull), (int(torch.randint(2, 6, (1,), generator=g)),), generator=g)]
    mood = good if k % 2 else bad
    return k % 2, words + [mood[int(torch.randint(0, 4, (1,), generator=g))]]


def collate_batch(batch):
    labels, texts, offsets = [], [], [0]
    for label, words in batch:
        labels.append(label)
        ids = torch.tensor([vocab[w] for w in words], dtype=torch.int64)
        texts.append(ids)
        offsets.append(ids.size(0))
    return torch.tensor(labels), torch.cat(texts), torch.tensor(offsets[:-1]).cumsum(dim=0)


class TextClassifier(nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.known = nn.Embedding.from_pretrained(vectors, freeze=True)
        self.embedding = nn.EmbeddingBag(len(vectors), 8, mode="mean")
        self.fc = nn.Linear(8 + vectors.size(1), 2)

    def forward(self, text, offsets):
        bags = torch.bucketize(torch.arange(len(text)), offsets, right=True) - 1
        known = torch.zeros(len(offsets), self.known.embedding_dim).index_add_(0, bags, self.known(text))
        return self.fc(torch.cat([self.embedding(text, offsets), known], 1))


data = [sentence(k) for k in range(230)]
model = TextClassifier(torch.randn(len(vocab), 6))
criterion = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD((p for p in model.parameters() if p.requires_grad), lr=1.0)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1.0, gamma=0.9)
for epoch in range(6):
    model.train()
    total_acc, total_count = 0, 0
    for label, text, offsets in DataLoader(data, batch_size=16, shuffle=True, collate_fn=collate_batch):
        optimizer.zero_grad()
        predicted_label = model(text, offsets)
        loss = criterion(predicted_label, label)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()
        total_acc += (predicted_label.argmax(1) == label).sum().item()
        total_count += label.size(0)
    scheduler.step()
    print(f"epoch {epoch} accuracy {total_acc / total_count:.3f}")
