# ---
# fixes: "gradient/exploding_in_rnn"
# kind: "fixed"
# ---
import torch
from torch import nn


class Recur(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.inp = nn.Linear(1, size)
        self.rec = nn.Linear(size, size, bias=False)
        nn.init.orthogonal_(self.rec.weight, gain=0.7)
        self.out = nn.Linear(size, 1)

    def forward(self, seq):
        h = torch.zeros(seq.size(0), self.rec.in_features)
        for t in range(seq.size(1)):
            h = torch.relu(self.inp(seq[:, t]) + self.rec(h))
        return self.out(h)


torch.manual_seed(0)
model = Recur(16)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for i in range(20):
    seq = torch.rand(8, 40, 1)
    loss = nn.functional.mse_loss(model(seq), seq.mean(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss)
