# ---
# id: "unregistered/list_of_blocks"
# kind: "silent"
# cause: "The blocks are kept in a plain list, so model.parameters() holds only the stem and the head."
# ---
import torch
import torch.nn as nn


class DeepNet(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.stem = nn.Linear(6, width)
        self.blocks = [nn.Linear(width, width) for _ in range(depth)]
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        x = self.stem(x).relu()
        for block in self.blocks:
            x = x + block(x).relu()
        return self.head(x)


torch.manual_seed(0)
model = DeepNet(16, 3)
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
X = torch.randn(128, 6)
Y = (X**2).sum(1, keepdim=True)
for epoch in range(10):
    for rows in torch.randperm(128).split(32):
        loss = nn.functional.mse_loss(model(X[rows]), Y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
