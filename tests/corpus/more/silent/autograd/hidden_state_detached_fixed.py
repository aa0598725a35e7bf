# ---
# id: "autograd/hidden_state_detached"
# kind: "silent"
# cause: "the encoder's code is passed on as .data, so the encoder gets no gradient."
# fix: "pass the code itself."
# ---
import torch
from torch import nn

torch.manual_seed(0)


class Seq2Seq(nn.Module):
    """Reads digits, says them backwards."""

    def __init__(self, symbols, width):
        super().__init__()
        self.embed = nn.Embedding(symbols, width)
        self.reader = nn.GRU(width, width, batch_first=True)
        self.speaker = nn.GRU(width, width, batch_first=True)
        self.out = nn.Linear(width, symbols)

    def forward(self, source, shifted):
        _, code = self.reader(self.embed(source))
        spoken, _ = self.speaker(self.embed(shifted), code)
        return self.out(spoken)


net = Seq2Seq(10, 32)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(120):
    source = torch.randint(1, 10, (32, 4))
    wanted = source.flip(1)
    shifted = torch.cat([torch.zeros(32, 1, dtype=torch.long), wanted[:, :-1]], 1)
    loss = nn.functional.cross_entropy(net(source, shifted).flatten(0, 1), wanted.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
