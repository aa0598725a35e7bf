# ---
# id: "shape/flatten_size_after_pooling"
# kind: "raises"
# cause: "The first Linear was declared for the image before pooling; the flattened features are fewer."
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 8, kernel_size=3, padding=1)
        self.c2 = nn.Conv2d(8, 16, kernel_size=3, padding=1)
        self.dense = nn.Linear(16 * 28 * 28, 64)
        self.classify = nn.Linear(64, 10)

    def forward(self, img):
        img = F.max_pool2d(F.relu(self.c1(img)), 2)
        img = F.max_pool2d(F.relu(self.c2(img)), 2)
        flat = torch.flatten(img, 1)
        return self.classify(F.relu(self.dense(flat)))


digits = Digits()
loss = F.cross_entropy(digits(torch.randn(4, 1, 28, 28)), torch.tensor([1, 0, 9, 4]))
loss.backward()
