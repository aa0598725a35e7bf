# ---
# id: "shape/concat_features_changed_width"
# kind: "raises"
# cause: "After the extra features were joined on, the head still expects the old width."
# ---
import torch
from torch import nn


class TwoTowers(nn.Module):
    def __init__(self, n_users, n_items):
        super().__init__()
        self.users = nn.Embedding(n_users, 16)
        self.items = nn.Embedding(n_items, 16)
        self.rate = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 1))

    def forward(self, u, i):
        both = torch.cat((self.users(u), self.items(i)), dim=1)
        return self.rate(both).flatten()


model = TwoTowers(10, 20)
stars = model(torch.tensor([1, 2, 3]), torch.tensor([7, 8, 9]))
print(stars)
