# ---
# id: "autograd/features_under_no_grad"
# kind: "silent"
# cause: "the whole forward of the feature extractor runs under no_grad though it is trained from scratch, so it never learns."
# fix: "run the features with gradients."
# ---
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(nn.Conv1d(2, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool1d(4), nn.Flatten())
        self.head = nn.Linear(32, classes)

    def forward(self, x):
        with torch.no_grad():
            h = self.features(x)
        return self.head(h)


def samples(n):
    x = torch.randn(n, 2, 16)
    y = torch.randint(3, (n,))
    x[torch.arange(n), 0, y * 5] += 3.0
    return x, y


def main():
    torch.manual_seed(0)
    model = Classifier(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for step in range(60):
        x, y = samples(32)
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"loss {loss.item():.3f}")


if __name__ == "__main__":
    main()
