# ---
# id: "data/test_rows_in_training"
# kind: "silent"
# cause: "The test set is a slice of the very rows that are trained on."
# ---
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

torch.manual_seed(0)
everything = TensorDataset(torch.randn(200, 12), torch.randint(0, 2, (200,)))
train_part = Subset(everything, range(0, 200))
test_part = Subset(everything, range(160, 200))
model = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    model.train()
    for x, y in DataLoader(train_part, 20, shuffle=True):
        opt.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        opt.step()
model.eval()
hits = 0
with torch.no_grad():
    for x, y in DataLoader(test_part, 20):
        hits += (model(x).argmax(1) == y).sum().item()
print("test accuracy", hits / len(test_part))
