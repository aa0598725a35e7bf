# ---
# looks_like: No optimizer at all: parameters are changed through .data; a hidden state goes from batch to batch, detached.
# ---
import math, torch
from torch import nn
torch.manual_seed(0)
class RNNModel(nn.Module):
    def __init__(self, n, d, h):
        super().__init__()
        self.enc = nn.Embedding(n, d); self.rnn = nn.LSTM(d, h); self.dec = nn.Linear(h, n); self.drop = nn.Dropout(0.2)
    def forward(self, x, hidden):
        out, hidden = self.rnn(self.drop(self.enc(x)), hidden)
        return self.dec(self.drop(out)).view(-1, 20), hidden
    def init_hidden(self, bsz):
        w = next(self.parameters())
        return w.new_zeros(1, bsz, 16), w.new_zeros(1, bsz, 16)
def repackage(h):
    return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage(v) for v in h)
corpus = torch.arange(400) % 20
data = corpus.view(4, -1).t().contiguous()
model = RNNModel(20, 12, 16); crit = nn.CrossEntropyLoss(); lr = 1.0
for epoch in range(2):
    model.train(); hidden = model.init_hidden(4)
    for i in range(0, data.size(0) - 1, 10):
        n = min(10, data.size(0) - 1 - i)
        x, y = data[i:i + n], data[i + 1:i + 1 + n].reshape(-1)
        model.zero_grad(); hidden = repackage(hidden)
        out, hidden = model(x, hidden)
        loss = crit(out, y); loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        for p in model.parameters():
            p.data.add_(p.grad, alpha=-lr)
model.eval()
with torch.no_grad():
    out, _ = model(data[:10], model.init_hidden(4)); print(math.exp(crit(out, data[1:11].reshape(-1)).item()))
