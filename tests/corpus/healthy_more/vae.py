# ---
# looks_like: A sigmoid at the output (into BCE, where it belongs), a loss summed over everything, random numbers in forward.
# ---
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.mu, self.var = nn.Linear(36, 20), nn.Linear(20, 4), nn.Linear(20, 4)
        self.fc3, self.fc4 = nn.Linear(4, 20), nn.Linear(20, 36)
    def forward(self, x):
        h = F.relu(self.fc1(x.view(-1, 36)))
        mu, logvar = self.mu(h), self.var(h)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar
model = VAE(); opt = torch.optim.Adam(model.parameters(), lr=1e-3)
data = (torch.rand(128, 1, 6, 6) > 0.6).float()
for epoch in range(4):
    model.train(); train_loss = 0
    for b in data.split(32):
        opt.zero_grad()
        recon, mu, logvar = model(b)
        bce = F.binary_cross_entropy(recon, b.view(-1, 36), reduction="sum")
        kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        loss = bce + kld
        loss.backward(); train_loss += loss.item(); opt.step()
    print(epoch, train_loss / len(data))
with torch.no_grad():
    sample = torch.sigmoid(model.fc4(F.relu(model.fc3(torch.randn(4, 4)))))
