# ---
# fixes: "zero_grad/only_one_of_two_optimizers"
# kind: "fixed"
# ---
import torch
from torch import nn, optim

torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(16, 8), nn.Tanh())
dec = nn.Linear(8, 16)
enc_opt = optim.SGD(enc.parameters(), lr=0.05)
dec_opt = optim.SGD(dec.parameters(), lr=0.05)
mix = torch.randn(3, 16)
for it in range(60):
    batch = torch.randn(32, 3) @ mix
    enc_opt.zero_grad()
    dec_opt.zero_grad()
    loss = nn.functional.mse_loss(dec(enc(batch)), batch)
    loss.backward()
    enc_opt.step()
    dec_opt.step()
print(loss.item())
