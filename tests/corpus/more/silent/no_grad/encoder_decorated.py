# ---
# id: "no_grad/encoder_decorated"
# kind: "silent"
# cause: "forward of the encoder is decorated with no_grad from earlier experiments, so it is not trained."
# ---
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 10, batch_first=True)

    @torch.no_grad()
    def forward(self, seq):
        return self.gru(seq)[1][-1]


torch.manual_seed(0)
encoder, head = Encoder(), nn.Linear(10, 1)
opt = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=5e-3)
for step in range(30):
    seq = torch.randn(24, 7, 3)
    goal = seq[:, :, 0].cumsum(1)[:, -1:]
    loss = nn.functional.mse_loss(head(encoder(seq)), goal)
    opt.zero_grad()
    loss.backward()
    opt.step()
