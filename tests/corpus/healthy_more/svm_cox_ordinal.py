# ---
# looks_like: Three classic losses by hand: a linear SVM (hinge), Cox's partial likelihood (cumulative logsumexp),
#   ordinal thresholds (BCE).
# ---
import torch
from torch import nn

torch.manual_seed(31)
X = torch.randn(200, 5)
w_true = torch.tensor([1.5, -2.0, 0.7, 0.0, 0.3])

# SVM: labels are -1 and 1; the last batch is smaller
labels = torch.sign(X @ w_true + 0.1 * torch.randn(200))
svm = nn.Linear(5, 1)
optimizer = torch.optim.SGD(svm.parameters(), lr=0.1)
for epoch in range(10):
    perm = torch.randperm(200)
    sum_loss = 0.0
    for i in range(0, 200, 32):
        x, y = X[perm[i : i + 32]], labels[perm[i : i + 32]]
        optimizer.zero_grad()
        output = svm(x).squeeze()
        weight = svm.weight.squeeze()
        loss = torch.mean(torch.clamp(1 - y * output, min=0))
        loss += 0.01 * (weight.t() @ weight) / 2.0
        loss.backward()
        optimizer.step()
        sum_loss += float(loss)
print("svm", round(sum_loss / 7, 4))

# Cox: one full batch, sorted by time
time = torch.distributions.Exponential((X @ w_true).exp()).sample()
event = (torch.rand(200) < 0.8).float()
order = time.argsort(descending=True)
Xs, es = X[order], event[order]
risk = nn.Linear(5, 1, bias=False)
opt = torch.optim.Adam(risk.parameters(), lr=0.05)
for _ in range(100):
    eta = risk(Xs).squeeze(-1)
    cox = -((eta - torch.logcumsumexp(eta, 0)) * es).sum() / es.sum()
    opt.zero_grad()
    cox.backward()
    opt.step()
print("cox", [round(v, 1) for v in risk.weight[0].tolist()])


# ordinal regression: one score, ordered thresholds, cumulative labels
class Ordinal(nn.Module):
    def __init__(self, n, k):
        super().__init__()
        self.score = nn.Linear(n, 1, bias=False)
        self.first = nn.Parameter(torch.tensor(-1.0))
        self.gaps = nn.Parameter(torch.zeros(k - 2))

    def forward(self, x):
        cuts = torch.cat([self.first[None], self.first + torch.cumsum(nn.functional.softplus(self.gaps), 0)])
        return self.score(x) - cuts


grade = torch.bucketize(X @ w_true, torch.tensor([-2.0, 0.0, 2.0]))
cumulative = (grade[:, None] > torch.arange(3)).float()
model = Ordinal(5, 4)
opt = torch.optim.Adam(model.parameters(), lr=0.05)
for _ in range(150):
    loss = nn.functional.binary_cross_entropy_with_logits(model(X), cumulative)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("ordinal", round(loss.item(), 4), ((model(X) > 0).sum(1) == grade).float().mean().item())
