# ---
# id: "autograd/loss_rebuilt_from_numbers"
# kind: "silent"
# cause: "the combined loss is wrapped in torch.tensor(..., requires_grad=True), which cuts it from the model."
# fix: "add the losses themselves."
# ---
import torch
from torch import nn


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 24), nn.ReLU())
        self.kind = nn.Linear(24, 3)
        self.size = nn.Linear(24, 1)

    def forward(self, x):
        h = self.trunk(x)
        return self.kind(h), self.size(h).squeeze(-1)


def combined(model, batch):
    kind, size = model(batch["x"])
    first = nn.functional.cross_entropy(kind, batch["kind"])
    second = nn.functional.mse_loss(size, batch["size"])
    return first + 0.5 * second


def make_batch(n):
    x = torch.randn(n, 6)
    return {"x": x, "kind": x[:, :3].argmax(1), "size": x.square().sum(1) / 6}


def main():
    torch.manual_seed(0)
    model = TwoHeads()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for step in range(60):
        optimizer.zero_grad()
        loss = combined(model, make_batch(32))
        loss.backward()
        optimizer.step()
    print(f"{loss.item():.3f}")


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    main()
