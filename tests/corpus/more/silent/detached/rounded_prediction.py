# ---
# id: "detached/rounded_prediction"
# kind: "silent"
# cause: "The prediction is rounded before the loss; round has slope 0, so nothing is learnt."
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
    count = torch.round(model(rooms))
    loss = loss_fn(count, guests)
    loss.backward()
    optimizer.step()
print(loss.item())
