# ---
# id: "modes/eval_never_switched_back"
# kind: "silent"
# cause: "validation switches the model to eval and nothing switches it back; from the second epoch on dropout and batch norm are off in training."
# fix: "model.train() at the start of each epoch."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Runner:
    def __init__(self, model, train, valid):
        self.model, self.train_data, self.valid_data = model, train, valid
        self.optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

    def epoch(self):
        self.model.train()
        for x, y in DataLoader(self.train_data, 20, shuffle=True):
            loss = nn.functional.cross_entropy(self.model(x), y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        right = 0
        for x, y in DataLoader(self.valid_data, 20):
            right += (self.model(x).argmax(1) == y).sum().item()
        return right / len(self.valid_data)


def main():
    torch.manual_seed(0)
    x = torch.randn(160, 6)
    y = (x[:, 0] > x[:, 1]).long()
    model = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 2))
    runner = Runner(model, TensorDataset(x[:120], y[:120]), TensorDataset(x[120:], y[120:]))
    for epoch in range(5):
        loss = runner.epoch()
        print(epoch, f"{loss:.3f}", f"{runner.validate():.2f}", "training mode:", model.training)


if __name__ == "__main__":
    main()
