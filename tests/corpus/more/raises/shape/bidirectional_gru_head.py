# ---
# id: "shape/bidirectional_gru_head"
# kind: "raises"
# cause: "the GRU is bidirectional, so its output has 2*hidden features, and the head was declared for hidden."
# fix: "nn.Linear(2 * hidden, tags)."
# ---
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence


class Tagger(nn.Module):
    def __init__(self, vocabulary, hidden, tags):
        super().__init__()
        self.words = nn.Embedding(vocabulary, 16, padding_idx=0)
        self.encoder = nn.GRU(16, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.1)
        self.tags = nn.Linear(hidden, tags)

    def forward(self, ids, lengths):
        packed = pack_padded_sequence(self.words(ids), lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.encoder(packed)[0], batch_first=True)
        return self.tags(self.dropout(states))


def batches(count):
    for _ in range(count):
        lengths = torch.randint(3, 9, (8,))
        sentences = [torch.randint(1, 50, (int(n),)) for n in lengths]
        labels = [s % 4 for s in sentences]
        yield pad_sequence(sentences, True), pad_sequence(labels, True, -1.0), lengths


def main():
    torch.manual_seed(0)
    tagger = Tagger(50, 20, 4)
    optimizer = torch.optim.Adam(tagger.parameters(), 1e-2)
    loss_of = nn.CrossEntropyLoss(ignore_index=-1)
    for ids, labels, lengths in batches(12):
        loss = loss_of(tagger(ids, lengths).flatten(0, 1), labels.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())


if __name__ == "__main__":
    main()
