# ---
# fixes: "dtype/long_target_for_bce"
# kind: "fixed"
# ---
import torch
from torch import nn, optim

torch.manual_seed(3)


class SpamTrainer:
    def __init__(self, width):
        self.model = nn.Linear(width, 1)
        self.crit = nn.BCEWithLogitsLoss()
        self.optimizer = optim.RMSprop(self.model.parameters(), lr=1e-3)

    def training_step(self, mails, is_spam):
        self.optimizer.zero_grad()
        out = self.model(mails).view(-1)
        loss = self.crit(out, is_spam.float())
        loss.backward()
        self.optimizer.step()
        return loss.item()


trainer = SpamTrainer(30)
for epoch in range(2):
    print(trainer.training_step(torch.randn(16, 30), torch.randint(0, 2, (16,))))
