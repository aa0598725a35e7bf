# ---
# id: "optimizer/learned_temperature_left_out"
# kind: "silent"
# cause: "The loss has a parameter of its own, which was never given to the optimizer."
# ---
import torch
from torch import nn


class ContrastiveLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_scale = nn.Parameter(torch.tensor(1.0))

    def forward(self, a, b):
        a, b = nn.functional.normalize(a, dim=1), nn.functional.normalize(b, dim=1)
        return nn.functional.cross_entropy(self.log_scale.exp() * a @ b.T, torch.arange(len(a)))


torch.manual_seed(0)
image, text = nn.Linear(20, 8), nn.Linear(10, 8)
loss_fn = ContrastiveLoss()
opt = torch.optim.Adam([*image.parameters(), *text.parameters()], lr=1e-2)
for _ in range(40):
    z = torch.randn(16, 4)
    loss = loss_fn(image(z.repeat(1, 5)), text(torch.cat([z, z, z[:, :2]], 1)))
    opt.zero_grad()
    loss.backward()
    opt.step()
