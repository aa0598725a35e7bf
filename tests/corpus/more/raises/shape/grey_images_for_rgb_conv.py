# ---
# id: "shape/grey_images_for_rgb_conv"
# kind: "raises"
# cause: "The convolution was declared for 3 channels, the images are grey and have one."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def block(cin, cout):
    return nn.Sequential(nn.Conv2d(cin, cout, 3, stride=2, padding=1), nn.BatchNorm2d(cout), nn.ReLU())


def build(classes):
    return nn.Sequential(
        block(3, 16),
        block(16, 32),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, classes),
    )


xrays = TensorDataset(torch.rand(24, 1, 32, 32), torch.randint(0, 2, (24,)))
cnn = build(2)
sgd = torch.optim.SGD(cnn.parameters(), lr=0.1, momentum=0.9)
for imgs, sick in DataLoader(xrays, 8, shuffle=True):
    sgd.zero_grad()
    nn.CrossEntropyLoss()(cnn(imgs), sick).backward()
    sgd.step()
