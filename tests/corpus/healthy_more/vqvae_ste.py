# ---
# looks_like: detach on both sides and a straight-through estimator around argmin.
# ---
import torch
from torch import nn
torch.manual_seed(0)
enc, dec, book = nn.Linear(8, 4), nn.Linear(4, 8), nn.Embedding(16, 4)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters(), *book.parameters()], 1e-2); X = torch.randn(128, 8)
for i in range(60):
    z = enc(X); dist = (z.unsqueeze(1) - book.weight.unsqueeze(0)).pow(2).sum(-1); q = book(dist.argmin(1))
    loss = ((q - z.detach()) ** 2).mean() + .25 * ((z - q.detach()) ** 2).mean()
    st = z + (q - z).detach(); loss = loss + nn.functional.mse_loss(dec(st), X)
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
