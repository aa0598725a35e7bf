# ---
# id: "loss/segmentation_with_channel"
# kind: "raises"
# cause: "the masks keep a channel dimension (N, 1, H, W); cross entropy wants (N, H, W)."
# fix: "masks.squeeze(1)."
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F


class Segmenter(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(8, classes, 1)

    def forward(self, x):
        return self.b(F.elu(self.a(x)))


def picture_stream(count):
    for _ in range(count):
        pictures = torch.rand(4, 3, 10, 10)
        masks = (pictures.mean(1, keepdim=True) * 3).long().clamp(max=2)
        yield pictures, masks


torch.manual_seed(0)
net = Segmenter(3)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for pictures, masks in picture_stream(8):
    predicted = net(pictures)
    loss = F.cross_entropy(predicted, masks)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("pixel loss", loss.item())
