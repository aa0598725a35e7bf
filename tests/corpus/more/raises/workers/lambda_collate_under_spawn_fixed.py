# ---
# id: "workers/lambda_collate_under_spawn"
# kind: "raises"
# cause: "the collate function is a lambda, and workers that are spawned must pickle it."
# fix: "a function at the top of the file."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader


def stack(samples):
    return torch.stack([s[0] for s in samples]), torch.tensor([s[1] for s in samples])


def main():
    torch.manual_seed(0)
    samples = [(torch.randn(4), k % 2) for k in range(20)]
    loader = DataLoader(
        samples,
        batch_size=5,
        num_workers=1,
        collate_fn=stack,
    )
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())


if __name__ == "__main__":
    main()
