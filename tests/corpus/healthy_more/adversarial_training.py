# ---
# looks_like: PGD adversarial training: an inner loop of gradients with respect to the input, in eval mode, before
#   each step of the weights.
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(1)
X = torch.randn(400, 8)
Y = (X[:, :2].sum(1) > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=2e-4)


def pgd(model, x, y, eps=0.2, alpha=0.1, steps=3):
    was_training = model.training
    model.eval()
    x_adv = x.detach() + 0.001 * torch.randn_like(x)
    for _ in range(steps):
        x_adv.requires_grad_()
        with torch.enable_grad():
            loss = F.cross_entropy(model(x_adv), y)
        grad = torch.autograd.grad(loss, [x_adv])[0]
        x_adv = x_adv.detach() + alpha * torch.sign(grad.detach())
        x_adv = torch.min(torch.max(x_adv, x - eps), x + eps)
    model.train(was_training)
    return x_adv


def accuracy(x, y):
    net.eval()
    with torch.no_grad():
        return (net(x).argmax(1) == y).float().mean().item()


for epoch in range(6):
    net.train()
    for idx in torch.randperm(320).split(40):
        x, y = X[idx], Y[idx]
        x_adv = pgd(net, x, y)
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), y) + F.cross_entropy(net(x_adv), y)
        loss.backward()
        optimizer.step()
    print(epoch, round(loss.item(), 4), accuracy(X[320:], Y[320:]), accuracy(pgd(net, X[320:], Y[320:]), Y[320:]))
