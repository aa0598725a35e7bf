# ---
# id: "optimizer/scheduler_first"
# kind: "silent"
# cause: "the scheduler's step is called before the optimizer's, so the first value of the schedule is skipped."
# fix: "optimizer.step() first."
# ---
import warnings

import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR


class Engine:
    def __init__(self, model, total):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        self.schedule = OneCycleLR(self.optimizer, max_lr=0.1, total_steps=total)
        self.rates = []

    def update(self, x, y):
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.model(x), y)
        loss.backward()
        self.schedule.step()
        self.rates.append(self.optimizer.param_groups[0]["lr"])
        self.optimizer.step()
        return loss.item()


def main():
    warnings.filterwarnings("ignore")
    torch.manual_seed(0)
    engine = Engine(nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3)), total=50)
    for _ in range(48):
        x = torch.randn(32, 5)
        loss = engine.update(x, x[:, :3].argmax(1))
    print(f"{loss:.3f}", [round(r, 4) for r in engine.rates[:3]])


if __name__ == "__main__":
    main()
