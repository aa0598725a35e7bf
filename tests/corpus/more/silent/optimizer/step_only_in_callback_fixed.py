# ---
# id: "optimizer/step_only_in_callback"
# kind: "silent"
# cause: "the optimizer's step is guarded by an accumulation counter that never reaches its value (an epoch has fewer batches), so no step is ever made."
# fix: "a step after every batch."
# ---
import torch
from torch import nn

torch.manual_seed(0)


class Accumulate:
    """Steps the optimizer every ``every`` batches."""

    def __init__(self, optimizer, every):
        self.optimizer, self.every = optimizer, every

    def after_batch(self, number):
        if number % self.every == 0 and number > 0:
            self.optimizer.step()
            self.optimizer.zero_grad()


inputs = torch.randn(128, 6)
targets = inputs @ torch.randn(6, 1)
regressor = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
callback = Accumulate(torch.optim.Adam(regressor.parameters(), lr=0.02), every=1)

for epoch in range(30):
    for number, (x, y) in enumerate(zip(inputs.split(16), targets.split(16))):
        loss = nn.functional.mse_loss(regressor(x), y)
        loss.backward()
        callback.after_batch(number)
    if epoch % 10 == 9:
        print(epoch, round(loss.item(), 4))
