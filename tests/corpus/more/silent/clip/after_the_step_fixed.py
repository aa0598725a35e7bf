# ---
# fixes: "clip/after_the_step"
# kind: "fixed"
# ---
import torch
from torch import nn


class LMTrainer:
    def __init__(self):
        torch.manual_seed(0)
        self.emb = nn.Embedding(20, 8)
        self.rnn = nn.RNN(8, 16, batch_first=True)
        self.out = nn.Linear(16, 20)
        self.params = [p for m in (self.emb, self.rnn, self.out) for p in m.parameters()]
        self.optimizer = torch.optim.SGD(self.params, lr=0.5)

    def step(self, text):
        h, _ = self.rnn(self.emb(text[:, :-1]))
        loss = nn.functional.cross_entropy(self.out(h).transpose(1, 2), text[:, 1:])
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_value_(self.params, 0.05)
        self.optimizer.step()
        return loss.item()


t = LMTrainer()
for _ in range(12):
    t.step(torch.arange(60).view(6, 10) % 20)
