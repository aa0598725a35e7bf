# ---
# id: "threshold/logits_above_half"
# kind: "silent"
# cause: "The outputs are logits, so the limit of a probability of one half is 0 and not 0.5."
# ---
import torch
import torch.nn as nn

torch.manual_seed(0)


class Churn(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1))

    def forward(self, x):
        return self.net(x).flatten()


model = Churn()
loss_fn = nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(model.parameters(), lr=0.01)
X = torch.randn(240, 6)
gone = (X[:, 2] - X[:, 3] > 0).float()
for epoch in range(6):
    for i in range(0, 240, 40):
        opt.zero_grad()
        loss = loss_fn(model(X[i : i + 40]), gone[i : i + 40])
        loss.backward()
        opt.step()
    with torch.no_grad():
        predicted = (model(X) > 0.5).float()
        print("accuracy", (predicted == gone).float().mean().item())
