# ---
# id: "zero_grad/trainer_class_forgets"
# kind: "silent"
# cause: "zero_grad is never called, so every step adds to the gradients of all steps before."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(model.parameters(), lr=lr)

    def fit(self, loader, epochs):
        for epoch in range(epochs):
            running = 0.0
            for inputs, labels in loader:
                outputs = self.model(inputs)
                loss = self.criterion(outputs, labels)
                loss.backward()
                self.optimizer.step()
                running += loss.item()
            print(epoch, running / len(loader))


x = torch.randn(256, 8)
y = (x[:, 0] * x[:, 1] > 0).long()
Trainer(nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)), 0.05).fit(
    DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True), 6
)
