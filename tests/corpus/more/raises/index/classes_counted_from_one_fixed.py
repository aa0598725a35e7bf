# ---
# id: "index/classes_counted_from_one"
# kind: "raises"
# cause: "the ratings run from 1 to 5 and serve as class numbers of five classes."
# fix: "subtract one."
# ---
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(2)
users, films = 30, 20
pairs = torch.stack([torch.randint(users, (300,)), torch.randint(films, (300,))])
stars = torch.randint(1, 6, (300,)) - 1


class Taste(nn.Module):
    def __init__(self):
        super().__init__()
        self.user = nn.Embedding(users, 8)
        self.film = nn.Embedding(films, 8)
        self.rating = nn.Linear(16, 5)

    def forward(self, user, film):
        return self.rating(torch.cat([self.user(user), self.film(film)], dim=-1))


taste = Taste()
optimizer = torch.optim.Adam(taste.parameters(), lr=1e-2)
for start in range(0, 300, 50):
    part = slice(start, start + 50)
    scores = taste(pairs[0, part], pairs[1, part])
    loss = F.nll_loss(F.log_softmax(scores, dim=-1), stars[part])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"nll {loss:.3f}")
