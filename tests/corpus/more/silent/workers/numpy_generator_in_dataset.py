# ---
# id: "workers/numpy_generator_in_dataset"
# kind: "silent"
# cause: "Each worker copies the data set's NumPy generator, so all workers crop alike."
# ---
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Crops(Dataset):
    def __init__(self):
        self.signal = torch.sin(torch.arange(200) / 5.0)
        self.rng = np.random.default_rng(7)

    def __len__(self):
        return 32

    def __getitem__(self, i):
        start = int(self.rng.integers(0, 180))
        return self.signal[start : start + 20]


torch.manual_seed(0)
ae = nn.Sequential(nn.Linear(20, 4), nn.Tanh(), nn.Linear(4, 20))
opt = torch.optim.Adam(ae.parameters(), lr=0.01)
loader = DataLoader(Crops(), batch_size=4, num_workers=2)
for epoch in range(2):
    for crop in loader:
        opt.zero_grad()
        nn.functional.mse_loss(ae(crop), crop).backward()
        opt.step()
