# ---
# id: "saving/best_model_is_the_same_object"
# kind: "silent"
# cause: "best_model = model binds another name to the model that goes on training; it is no copy."
# fix: "copy.deepcopy(model)."
# ---
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(90, 12)
y = (x[:, 0] + torch.randn(90) > 0).float().unsqueeze(1)
model = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
criterion = nn.BCEWithLogitsLoss()
best_loss, best_model = float("inf"), None
for epoch in range(60):
    model.train()
    optimizer.zero_grad()
    criterion(model(x[:50]), y[:50]).backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        held_out = criterion(model(x[50:]), y[50:]).item()
    if held_out < best_loss:
        best_loss = held_out
        best_model = model

with torch.no_grad():
    print(f"best {best_loss:.3f} best_model gives {criterion(best_model(x[50:]), y[50:]).item():.3f}")
