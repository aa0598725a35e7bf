# ---
# fixes: "target/sequence_logits_not_permuted"
# kind: "fixed"
# ---
import torch
import torch.nn as nn
import torch.nn.functional as F


class CharModel(nn.Module):
    def __init__(self, chars=30, hidden=20):
        super().__init__()
        self.emb = nn.Embedding(chars, 8)
        self.lstm = nn.LSTM(8, hidden, batch_first=True)
        self.to_chars = nn.Linear(hidden, chars)

    def forward(self, s):
        return self.to_chars(self.lstm(self.emb(s))[0])


lm = CharModel()
chunk = torch.randint(0, 30, (4, 13))
pred = lm(chunk[:, :-1])
loss = F.cross_entropy(pred.permute(0, 2, 1), chunk[:, 1:])
loss.backward()
