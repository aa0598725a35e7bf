# ---
# looks_like: Training inside a class, a loss summed for the record and divided for the gradient, a last batch of one.
# ---
import torch
from torch import nn
class Trainer:
    def __init__(self, model, lr):
        self.model, self.opt, self.history = model, torch.optim.NAdam(model.parameters(), lr=lr), []
    def fit(self, loader, epochs):
        for e in range(epochs):
            total = n = 0
            for xb, yb in loader:
                self.opt.zero_grad(); loss = nn.functional.l1_loss(self.model(xb), yb, reduction="sum"); (loss / len(xb)).backward(); self.opt.step(); total += loss.item(); n += len(xb)
            self.history.append(total / n)
    @torch.no_grad()
    def predict(self, x):
        self.model.eval(); out = self.model(x); self.model.train(); return out
torch.manual_seed(0)
X = torch.randn(101, 3); Y = (X ** 2).sum(1, keepdim=True)
t = Trainer(nn.Sequential(nn.Linear(3, 32), nn.SELU(), nn.AlphaDropout(.05), nn.Linear(32, 1)), 1e-2)
t.fit(torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, Y), 20, shuffle=True), 8); print(t.history[-1], t.predict(X[:3]).shape)
