# ---
# id: "shape/skip_connection_of_autoencoder"
# kind: "raises"
# cause: "concatenating the skip connection doubles the channels to 16, and the last convolution was declared for 8."
# fix: "nn.Conv2d(16, 1, 3, padding=1)."
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F


class SmallUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleDict({"one": nn.Conv2d(1, 8, 3, padding=1), "two": nn.Conv2d(8, 16, 3, padding=1)})
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.out = nn.Conv2d(8, 1, 3, padding=1)

    def forward(self, x):
        high = F.relu(self.down["one"](x))
        low = F.relu(self.down["two"](F.max_pool2d(high, 2)))
        merged = torch.cat([self.up(low), high], dim=1)
        return self.out(merged)


torch.manual_seed(0)
net = SmallUNet()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
clean = torch.rand(12, 1, 16, 16)
for noisy, target in zip((clean + 0.1 * torch.randn_like(clean)).chunk(3), clean.chunk(3)):
    optimizer.zero_grad()
    loss = F.l1_loss(net(noisy), target)
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.4f}")
