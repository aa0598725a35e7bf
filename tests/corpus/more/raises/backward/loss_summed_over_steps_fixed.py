# ---
# fixes: "backward/loss_summed_over_steps"
# kind: "fixed"
# ---
import torch
import torch.nn as nn


def run(model, data):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    total = 0
    for x, y in data:
        loss = (model(x) - y).pow(2).mean()
        total = total + loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return total


print(run(nn.Linear(2, 1), [(torch.randn(4, 2), torch.randn(4, 1)) for _ in range(4)]))
