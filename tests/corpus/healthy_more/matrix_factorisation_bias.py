# ---
# looks_like: Recommendations: embeddings of users and items with bias terms that begin at zero, a dot product,
#   ratings scaled into a range.
# ---
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
n_users, n_items = 50, 40
u_true, v_true = torch.randn(n_users, 3), torch.randn(n_items, 3)
users, items = torch.randint(0, n_users, (1500,)), torch.randint(0, n_items, (1500,))
ratings = (3 + (u_true[users] * v_true[items]).sum(1)).clamp(1, 5)


class DotProductBias(nn.Module):
    def __init__(self, n_factors, y_range=(0.5, 5.5)):
        super().__init__()
        self.user_factors = nn.Embedding(n_users, n_factors)
        self.user_bias = nn.Embedding(n_users, 1)
        self.item_factors = nn.Embedding(n_items, n_factors)
        self.item_bias = nn.Embedding(n_items, 1)
        for e, std in ((self.user_factors, 0.1), (self.item_factors, 0.1)):
            nn.init.normal_(e.weight, std=std)
        nn.init.zeros_(self.user_bias.weight)
        nn.init.zeros_(self.item_bias.weight)
        self.y_range = y_range

    def forward(self, x):
        res = (self.user_factors(x[:, 0]) * self.item_factors(x[:, 1])).sum(dim=1, keepdim=True)
        res += self.user_bias(x[:, 0]) + self.item_bias(x[:, 1])
        low, high = self.y_range
        return torch.sigmoid(res) * (high - low) + low


pairs = torch.stack([users, items], 1)
train = DataLoader(TensorDataset(pairs[:1200], ratings[:1200, None]), batch_size=64, shuffle=True)
model = DotProductBias(8)
opt = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-5)
mse = nn.MSELoss()
for epoch in range(10):
    losses = []
    for xb, yb in train:
        loss = mse(model(xb), yb)
        loss.backward()
        opt.step()
        opt.zero_grad()
        losses.append(loss.detach())
    with torch.no_grad():
        valid = mse(model(pairs[1200:]), ratings[1200:, None])
    if epoch % 3 == 0:
        print(epoch, f"{torch.stack(losses).mean():.4f} {valid:.4f}")
