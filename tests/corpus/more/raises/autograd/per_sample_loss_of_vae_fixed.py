# ---
# id: "autograd/per_sample_loss_of_vae"
# kind: "raises"
# cause: "the loss is reduced over features only, so it has one number for each sample and backward wants one."
# fix: ".mean()."
# ---
import torch
from torch import nn


class Vae(nn.Module):
    def __init__(self, inputs=12, latent=3):
        super().__init__()
        self.encode = nn.Linear(inputs, 2 * latent)
        self.decode = nn.Linear(latent, inputs)

    def forward(self, x):
        mean, log_var = self.encode(x).chunk(2, dim=1)
        z = mean + torch.randn_like(mean) * (0.5 * log_var).exp()
        return self.decode(z), mean, log_var


def elbo(x, out, mean, log_var):
    rebuilt = nn.functional.mse_loss(out, x, reduction="none").sum(1)
    kl = -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum(1)
    return (rebuilt + kl).mean()


torch.manual_seed(0)
vae = Vae()
optimizer = torch.optim.Adam(vae.parameters(), lr=1e-2)
data = torch.randn(64, 3) @ torch.randn(3, 12)
for epoch in range(4):
    for x in data.split(16):
        loss = elbo(x, *vae(x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(float(loss))
