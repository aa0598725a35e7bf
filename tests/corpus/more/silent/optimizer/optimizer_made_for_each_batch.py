# ---
# id: "optimizer/optimizer_made_for_each_batch"
# kind: "silent"
# cause: "the optimizer is made anew in each step, so its momentum never builds up (each step is its first)."
# fix: "make it once."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train_on(model, batch, rate):
    x, y = batch
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.95)
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def main():
    torch.manual_seed(0)
    x = torch.randn(256, 8)
    y = (x[:, :2].sum(1) > 0).long()
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
    loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
    for epoch in range(3):
        losses = [train_on(model, batch, 1e-2) for batch in loader]
        print(epoch, f"{sum(losses) / len(losses):.3f}")


if __name__ == "__main__":
    main()
