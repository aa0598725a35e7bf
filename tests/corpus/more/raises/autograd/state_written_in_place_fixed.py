# ---
# id: "autograd/state_written_in_place"
# kind: "raises"
# cause: "the cell writes into its memory in place, and the earlier step has saved that memory for backward."
# fix: "make a new memory: memory = memory * keep + write."
# ---
import torch
from torch import nn


class MemoryCell(nn.Module):
    def __init__(self, inputs, slots):
        super().__init__()
        self.keep = nn.Linear(inputs, slots)
        self.write = nn.Linear(inputs, slots)
        self.mix = nn.Linear(slots, slots)

    def forward(self, sequence):
        memory = torch.zeros(sequence.shape[0], self.keep.out_features)
        outs = []
        for x in sequence.unbind(1):
            keep = torch.sigmoid(self.keep(x))
            outs.append(torch.tanh(self.mix(memory)))
            memory = memory.mul(keep).add(self.write(x))
        return torch.stack(outs, 1)


torch.manual_seed(0)
cell = MemoryCell(3, 5)
reader = nn.Linear(5, 1)
optimizer = torch.optim.Adam([{"params": cell.parameters()}, {"params": reader.parameters(), "lr": 1e-2}], lr=1e-3)
for _ in range(5):
    sequence = torch.randn(8, 6, 3)
    target = sequence.cumsum(1)[..., :1]
    loss = nn.functional.mse_loss(reader(cell(sequence)), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
