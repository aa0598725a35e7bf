# ---
# looks_like: SimSiam: no negatives, stop-gradient by detach on one side, a loss that is negative and tends to -1;
#   BatchNorm in the projector.
# ---
import torch
import torch.nn as nn

torch.manual_seed(0)


class SimSiam(nn.Module):
    def __init__(self, dim=32, pred_dim=8):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(16, dim, bias=False), nn.BatchNorm1d(dim), nn.ReLU(inplace=True),
            nn.Linear(dim, dim, bias=False), nn.BatchNorm1d(dim, affine=False),
        )
        self.predictor = nn.Sequential(nn.Linear(dim, pred_dim, bias=False), nn.BatchNorm1d(pred_dim), nn.ReLU(inplace=True), nn.Linear(pred_dim, dim))

    def forward(self, x1, x2):
        z1, z2 = self.encoder(x1), self.encoder(x2)
        p1, p2 = self.predictor(z1), self.predictor(z2)
        return p1, p2, z1.detach(), z2.detach()


model = SimSiam()
criterion = nn.CosineSimilarity(dim=1)
optim_params = [
    {"params": model.encoder.parameters(), "fix_lr": False},
    {"params": model.predictor.parameters(), "fix_lr": True},
]
optimizer = torch.optim.SGD(optim_params, 0.05, momentum=0.9, weight_decay=1e-4)
things = torch.randn(200, 16)
model.train()
for epoch in range(10):
    cur_lr = 0.05 * (1 - epoch / 10)
    for group in optimizer.param_groups:
        group["lr"] = 0.05 if group["fix_lr"] else cur_lr
    for idx in torch.randperm(200).split(50):
        x = things[idx]
        p1, p2, z1, z2 = model(x + 0.3 * torch.randn_like(x), x + 0.3 * torch.randn_like(x))
        loss = -(criterion(p1, z2).mean() + criterion(p2, z1).mean()) * 0.5
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 3 == 0:
        print(epoch, round(loss.item(), 4), round(z1.div(z1.norm(dim=1, keepdim=True)).std(0).mean().item(), 4))
