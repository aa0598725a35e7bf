# ---
# id: "data/sequences_of_many_lengths"
# kind: "raises"
# cause: "the samples have different lengths and the default collate stacks them."
# fix: "a collate_fn that pads."
# ---
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset


class Melodies(Dataset):
    """Notes of a melody, and whether it rises."""

    def __init__(self, count):
        generator = torch.Generator().manual_seed(1)
        self.notes = [torch.randint(1, 30, (int(n),), generator=generator) for n in torch.randint(4, 12, (count,), generator=generator)]

    def __len__(self):
        return len(self.notes)

    def __getitem__(self, index):
        notes = self.notes[index]
        return notes, float(notes[-1] > notes[0])


def together(samples):
    notes, rises = zip(*samples)
    return pad_sequence(notes, batch_first=True), torch.tensor(rises)


torch.manual_seed(0)
embed, rnn, head = nn.Embedding(30, 8, padding_idx=0), nn.RNN(8, 12, batch_first=True), nn.Linear(12, 1)
net = nn.ModuleList([embed, rnn, head])
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
loader = DataLoader(Melodies(48), batch_size=12, shuffle=True)
for notes, rises in loader:
    last = rnn(embed(notes))[1].squeeze(0)
    loss = nn.functional.binary_cross_entropy_with_logits(head(last).squeeze(1), rises)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
