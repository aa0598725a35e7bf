# ---
# fixes: "backward/item_of_loss"
# kind: "fixed"
# ---
import torch
from torch import nn


def epoch(model, loader, loss_fn, opt):
    for x, y in loader:
        opt.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        opt.step()


net = nn.Linear(4, 2)
epoch(net, [(torch.randn(3, 4), torch.tensor([0, 1, 1]))], nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), 0.1))
