# ---
# id: "shape/sequential_widths_disagree"
# kind: "raises"
# cause: "Two neighbouring layers of the Sequential disagree: one gives 48 features and the next expects 64."
# ---
import torch
from torch import nn

encoder = nn.Sequential(
    nn.Linear(20, 64),
    nn.GELU(),
    nn.Linear(64, 48),
    nn.GELU(),
    nn.Linear(64, 8),
)
decoder = nn.Sequential(nn.Linear(8, 64), nn.GELU(), nn.Linear(64, 20))
opt = torch.optim.AdamW([*encoder.parameters(), *decoder.parameters()])
batch = torch.rand(32, 20)
for step in range(5):
    recon = decoder(encoder(batch))
    loss = ((recon - batch) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
