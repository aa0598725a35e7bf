# ---
# id: "data/raw_measurements"
# kind: "silent"
# cause: "the columns run from thousandths to tens of thousands and are not normalised."
# fix: "subtract the mean and divide by the standard deviation."
# ---
import torch
from torch import nn

torch.manual_seed(0)
area = torch.rand(300) * 40000 + 20000
rooms = torch.randint(1, 7, (300,)).float()
age = torch.rand(300) * 100
table = torch.stack([area, rooms, age], 1)
price = (area / 30000 + rooms / 3 - age / 60).unsqueeze(1)

train = table
model = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(20):
    for rows in torch.randperm(300).split(50):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(train[rows]), price[rows])
        loss.backward()
        optimizer.step()
print("mse", loss.item(), "variance of prices", price.var().item())
