# ---
# fixes: "dim/log_softmax_over_time"
# kind: "fixed"
# ---
import torch
from torch import nn
import torch.nn.functional as F


class PosTagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(40, 10)
        self.lstm = nn.LSTM(10, 12, batch_first=True)
        self.lin = nn.Linear(12, 6)

    def forward(self, sent):
        h, _ = self.lstm(self.emb(sent))
        return F.log_softmax(self.lin(h), dim=2)


torch.manual_seed(0)
tagger = PosTagger()
opt = torch.optim.Adam(tagger.parameters(), lr=0.01)
for _ in range(15):
    sent = torch.randint(0, 40, (8, 5))
    tags = sent % 6
    opt.zero_grad()
    loss = F.nll_loss(tagger(sent).flatten(0, 1), tags.flatten())
    loss.backward()
    opt.step()
