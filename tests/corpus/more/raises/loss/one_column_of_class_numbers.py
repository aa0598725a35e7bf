# ---
# id: "loss/one_column_of_class_numbers"
# kind: "raises"
# cause: "the labels are read as a column (N, 1), and cross entropy wants class numbers of shape (N,)."
# fix: "take the column: rows[:, -1]."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def read_table():
    generator = torch.Generator().manual_seed(5)
    rows = torch.randn(120, 5, generator=generator)
    rows[:, -1] = (rows[:, 0] > rows[:, 1]).float()
    return rows


class Trainer:
    def __init__(self, model, rate):
        self.model = model
        self.criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
        self.optimizer = torch.optim.NAdam(model.parameters(), lr=rate)
        self.history = []

    def one_epoch(self, loader):
        self.model.train()
        for features, labels in loader:
            self.optimizer.zero_grad()
            loss = self.criterion(self.model(features), labels)
            loss.backward()
            self.optimizer.step()
            self.history.append(loss.item())


def main():
    torch.manual_seed(0)
    rows = read_table()
    data = TensorDataset(rows[:, :-1], rows[:, -1:].long())
    trainer = Trainer(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)), 5e-3)
    for _ in range(3):
        trainer.one_epoch(DataLoader(data, batch_size=24, shuffle=True))
    print(trainer.history[-1])


if __name__ == "__main__":
    main()
