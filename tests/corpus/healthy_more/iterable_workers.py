# ---
# looks_like: Data pipelines: an IterableDataset split over worker processes, a WeightedRandomSampler for rare
#   classes, batches of one.
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, TensorDataset, WeightedRandomSampler, get_worker_info


class Stream(IterableDataset):
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        info = get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        for k in range(first, self.count, step):
            g = torch.Generator().manual_seed(k)
            x = torch.randn(4, generator=g)
            yield x, (x[0] > x[1]).long()


def main():
    torch.manual_seed(0)
    model = nn.Linear(4, 2)
    opt = torch.optim.SGD(model.parameters(), lr=0.3)
    loss_fn = nn.CrossEntropyLoss()
    loader = DataLoader(Stream(200), batch_size=20, num_workers=2)
    for epoch in range(2):
        total, seen = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
            total += loss.item() * x.size(0)
            seen += x.size(0)
        print("stream", seen, round(total / seen, 4))

    x = torch.randn(300, 4)
    y = (x[:, 0] > 1.2).long()
    weights = 1.0 / torch.bincount(y).float()
    sampler = WeightedRandomSampler(weights[y], num_samples=300, replacement=True)
    rare = nn.Linear(4, 2)
    opt = torch.optim.SGD(rare.parameters(), lr=0.05)
    for x1, y1 in DataLoader(TensorDataset(x, y), batch_size=1, sampler=sampler):
        opt.zero_grad()
        loss_fn(rare(x1), y1).backward()
        opt.step()
    with torch.no_grad():
        hit = rare(x).argmax(1)
    print("recall", (hit[y == 1] == 1).float().mean().item())


if __name__ == "__main__":
    main()
