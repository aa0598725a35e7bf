# ---
# id: "data/labels_not_permuted"
# kind: "silent"
# cause: "the inputs are permuted each epoch and the labels are not, so labels belong to other rows."
# fix: "use the same permutation for both."
# ---
import torch
from torch import nn


def epochs(inputs, labels, batch, count):
    for _ in range(count):
        order = torch.randperm(len(inputs))
        yield list(zip(inputs[order].split(batch), labels[order].split(batch)))


def main():
    torch.manual_seed(0)
    inputs = torch.randn(200, 5)
    labels = (inputs.sum(1) > 0).long()
    net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for batches in epochs(inputs, labels, 25, 8):
        for x, y in batches:
            loss = nn.functional.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(f"accuracy {(net(inputs).argmax(1) == labels).float().mean():.2f}")


if __name__ == "__main__":
    main()
