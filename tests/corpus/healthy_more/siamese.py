# ---
# looks_like: A Siamese network: one tower used twice a pass, a sigmoid output with BCELoss, targets squeezed; shared
#   weights on purpose.
# ---
import random

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
random.seed(0)


class Tower(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv1d(1, 8, 5), nn.ReLU(), nn.AdaptiveMaxPool1d(4), nn.Flatten())
        self.fc = nn.Sequential(nn.Linear(64, 32), nn.ReLU(inplace=True), nn.Linear(32, 1))
        self.sigmoid = nn.Sigmoid()

    def forward_once(self, x):
        return self.cnn(x)

    def forward(self, input1, input2):
        output1 = self.forward_once(input1)
        output2 = self.forward_once(input2)
        output = torch.cat((output1, output2), 1)
        return self.sigmoid(self.fc(output))


class Pairs(Dataset):
    def __init__(self, count):
        self.waves = []
        for kind in range(3):
            t = torch.linspace(0, 6.28 * (kind + 1), 32)
            self.waves.append([torch.sin(t + random.random()) + 0.1 * torch.randn(32) for _ in range(20)])
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        a = random.randrange(3)
        b = a if index % 2 == 0 else (a + random.choice([1, 2])) % 3
        target = torch.tensor(1.0 if a == b else 0.0)
        return random.choice(self.waves[a])[None], random.choice(self.waves[b])[None], target


loader = DataLoader(Pairs(240), batch_size=24, shuffle=True)
model = Tower()
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
criterion = nn.BCELoss()
for epoch in range(1, 9):
    model.train()
    running = 0.0
    for images_1, images_2, targets in loader:
        optimizer.zero_grad()
        outputs = model(images_1, images_2).squeeze()
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        running += loss.item()
    print(f"epoch {epoch} loss {running / len(loader):.4f}")
model.eval()
correct = 0
with torch.no_grad():
    for images_1, images_2, targets in loader:
        outputs = model(images_1, images_2).squeeze()
        pred = torch.where(outputs > 0.5, 1, 0)
        correct += pred.eq(targets.view_as(pred)).sum().item()
print(f"accuracy {correct}/240")
