# ---
# looks_like: Multi-task learning with learned uncertainty weights: multi-label BCE with pos_weight, a small-valued
#   regression and a class.
# ---
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset, random_split

torch.manual_seed(77)


class Records(Dataset):
    def __init__(self, n):
        self.x = torch.randn(n, 12)
        self.tags = (self.x[:, :5] > 0.8).float()
        self.rate = 0.01 * torch.sigmoid(self.x[:, 5])
        self.kind = self.x[:, 6:9].argmax(1)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return {"x": self.x[i], "tags": self.tags[i], "rate": self.rate[i], "kind": self.kind[i]}


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(12, 48), nn.ReLU())
        self.tags, self.rate, self.kind = nn.Linear(48, 5), nn.Linear(48, 1), nn.Linear(48, 3)
        self.log_vars = nn.Parameter(torch.zeros(3))

    def forward(self, x):
        h = self.trunk(x)
        return self.tags(h), self.rate(h).squeeze(-1), self.kind(h)


data = Records(500)
train, test = random_split(data, [400, 100], generator=torch.Generator().manual_seed(0))
model = Heads()
opt = torch.optim.AdamW(model.parameters(), lr=5e-3)
bce = nn.BCEWithLogitsLoss(pos_weight=torch.full((5,), 3.0))
mse, ce = nn.MSELoss(), nn.CrossEntropyLoss(weight=torch.tensor([1.0, 1.0, 1.2]))
for epoch in range(8):
    model.train()
    for batch in DataLoader(train, batch_size=50, shuffle=True):
        tags, rate, kind = model(batch["x"])
        losses = torch.stack([bce(tags, batch["tags"]), mse(rate, batch["rate"]), ce(kind, batch["kind"])])
        loss = (losses * torch.exp(-model.log_vars) + model.log_vars).sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, [round(v, 4) for v in losses.tolist()], round(loss.item(), 4))
model.eval()
with torch.no_grad():
    for batch in DataLoader(test, batch_size=100):
        tags, rate, kind = model(batch["x"])
        print("tags", ((tags > 0) == (batch["tags"] > 0)).float().mean().item())
        print("kind", (kind.argmax(1) == batch["kind"]).float().mean().item())
