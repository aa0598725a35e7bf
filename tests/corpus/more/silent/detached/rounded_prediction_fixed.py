# ---
# fixes: "detached/rounded_prediction"
# kind: "fixed"
# ---
import torch
from torch import nn

torch.manual_seed(0)
rooms = torch.rand(100, 4) * 2
guests = rooms.sum(1, keepdim=True).round()
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
loss_fn = nn.MSELoss()
for epoch in range(30):
    optimizer.zero_grad()
    count = model(rooms)
    loss = loss_fn(count, guests)
    loss.backward()
    optimizer.step()
print(loss.item())
