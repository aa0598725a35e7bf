# ---
# id: "detached/features_through_data"
# kind: "silent"
# cause: ".data inside forward cuts the first layers off; only the last layer learns."
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(4, 2)

    def forward(self, img):
        h = F.relu(self.conv(img)).mean((2, 3))
        h = h.data
        return self.fc(h)


torch.manual_seed(0)
net = Classifier()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(25):
    img = torch.randn(8, 1, 12, 12)
    lab = torch.randint(0, 2, (8,))
    img[lab == 1, :, :, ::2] += 2
    opt.zero_grad()
    F.cross_entropy(net(img), lab).backward()
    opt.step()
