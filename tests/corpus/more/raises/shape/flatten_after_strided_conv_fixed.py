# ---
# id: "shape/flatten_after_strided_conv"
# kind: "raises"
# cause: "the head expects 32*8*8 features, but the two strided convolutions leave 32*4*4."
# fix: "nn.Linear(512, classes)."
# ---
from collections import OrderedDict

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def build(classes=5):
    return nn.Sequential(OrderedDict([
        ("stem", nn.Conv2d(1, 16, 3, stride=2, padding=1)),
        ("act1", nn.SiLU()),
        ("down", nn.Conv2d(16, 32, 3, stride=2, padding=1)),
        ("act2", nn.SiLU()),
        ("flat", nn.Flatten()),
        ("head", nn.Linear(32 * 4 * 4, classes)),
    ]))


def fit(model, loader, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for _ in range(epochs):
        for image, label in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(image), label)
            loss.backward()
            optimizer.step()
    return loss.item()


def main():
    torch.manual_seed(0)
    data = TensorDataset(torch.rand(80, 1, 16, 16), torch.randint(0, 5, (80,)))
    print(fit(build(), DataLoader(data, 20, shuffle=True), 2))


if __name__ == "__main__":
    main()
