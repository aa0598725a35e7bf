# ---
# fixes: "loss/sigmoid_in_forward_and_in_loss"
# kind: "fixed"
# ---
import torch
import torch.nn as nn


class Detector(nn.Module):
    def __init__(self, n_in):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_in, 24), nn.ReLU())
        self.out = nn.Linear(24, 4)

    def forward(self, x):
        return self.out(self.body(x))


torch.manual_seed(0)
det = Detector(10)
criterion = nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(det.parameters(), lr=5e-3)
x = torch.randn(160, 10)
tags = (x[:, :4] > 0).float()
for epoch in range(12):
    for pick in torch.randperm(160).split(40):
        opt.zero_grad()
        loss = criterion(det(x[pick]), tags[pick])
        loss.backward()
        opt.step()
