# ---
# id: "index/too_few_outputs_for_classes"
# kind: "raises"
# cause: "The network has fewer outputs than there are classes in the labels."
# ---
import torch
import torch.nn as nn


def make_model(features, classes):
    return nn.Sequential(nn.Linear(features, 32), nn.ReLU(), nn.Linear(32, classes))


flowers = torch.randn(60, 4)
species = torch.arange(60) % 5
model = make_model(4, 4)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adagrad(model.parameters())
for epoch in range(3):
    optimizer.zero_grad()
    loss = criterion(model(flowers), species)
    loss.backward()
    optimizer.step()
