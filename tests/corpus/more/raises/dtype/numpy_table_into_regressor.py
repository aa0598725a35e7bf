# ---
# id: "dtype/numpy_table_into_regressor"
# kind: "raises"
# cause: "The NumPy table is float64 and so is the tensor made of it; the layer's weights are float32."
# ---
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(1)
houses = rng.normal(size=(120, 6))
prices = houses @ rng.normal(size=6) + 3.0

features = torch.from_numpy(houses)
goal = torch.from_numpy(prices).float().unsqueeze(1)

net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optim = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(3):
    optim.zero_grad()
    err = nn.functional.mse_loss(net(features), goal)
    err.backward()
    optim.step()
print(err.item())
