# ---
# looks_like: Padding in the targets (ignored by the loss), predictions fed back detached, clipping by norm.
# ---
import random, torch
from torch import nn
torch.manual_seed(0); random.seed(0)
PAD, SOS, V = 0, 1, 12
class S2S(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(V, 16, padding_idx=PAD); self.enc = nn.GRU(16, 24, batch_first=True); self.dec = nn.GRU(16, 24, batch_first=True); self.out = nn.Linear(24, V)
    def forward(self, src, trg):
        _, h = self.enc(self.emb(src)); x = torch.full((src.size(0), 1), SOS); outs = []
        for t in range(trg.size(1)):
            o, h = self.dec(self.emb(x), h); logits = self.out(o); outs.append(logits)
            x = trg[:, t:t + 1] if random.random() < 0.5 else logits.argmax(-1).detach()
        return torch.cat(outs, 1)
model = S2S(); opt = torch.optim.Adam(model.parameters(), 5e-3); crit = nn.CrossEntropyLoss(ignore_index=PAD)
for i in range(40):
    n = torch.randint(2, 7, (16,)); src = torch.randint(2, V, (16, 6))
    src[torch.arange(6)[None] >= n[:, None]] = PAD
    out = model(src, src)
    loss = crit(out.reshape(-1, V), src.reshape(-1))
    opt.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0); opt.step()
print(loss.item())
