# ---
# id: "optimizer/head_replaced_after_optimizer_again"
# kind: "silent"
# cause: "the head is replaced for the new task after the optimizer was made, so the new head is not in the optimizer."
# fix: "make the optimizer after the head is replaced."
# ---
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(10, 20), nn.ReLU())
        self.classifier = nn.Linear(20, classes)

    def forward(self, x):
        return self.classifier(self.features(x))


def adapt(net, classes):
    for p in net.features.parameters():
        p.requires_grad = False
    net.classifier = nn.Linear(net.classifier.in_features, classes)
    return net


def finetune(steps=50):
    net = Net(classes=100)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net = adapt(net, classes=3)
    x = torch.randn(90, 10)
    y = x[:, :3].argmax(dim=1)
    for step in range(steps):
        scores = net(x)
        loss = nn.functional.cross_entropy(scores, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return (scores.argmax(1) == y).float().mean().item()


if __name__ == "__main__":
    torch.manual_seed(0)
    print(f"accuracy {finetune():.2f}")
