# ---
# id: "optimizer/clipped_too_late"
# kind: "silent"
# cause: "the gradients are clipped after the optimizer's step, so clipping does nothing."
# fix: "clip before the step."
# ---
import torch
from torch import nn

torch.manual_seed(0)
rnn, head = nn.GRU(1, 16, batch_first=True), nn.Linear(16, 1)
parameters = [*rnn.parameters(), *head.parameters()]
optimizer = torch.optim.SGD(parameters, lr=0.3)

wave = torch.cos(torch.arange(500) * 0.2) * 5
for step in range(50):
    starts = torch.randint(0, 470, (16,))
    past = torch.stack([wave[s : s + 20] for s in starts]).unsqueeze(-1)
    future = torch.stack([wave[s + 20] for s in starts]).unsqueeze(-1)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(head(rnn(past)[1][0]), future)
    loss.backward()
    optimizer.step()
    norm = nn.utils.clip_grad_norm_(parameters, 1.0)
print("loss", loss.item(), "norm", norm.item())
