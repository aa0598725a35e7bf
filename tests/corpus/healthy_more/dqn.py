# ---
# looks_like: A second network is never trained: it follows the first, by a state_dict that is mixed and loaded at every step.
# ---
import random, torch
from torch import nn
torch.manual_seed(0); random.seed(0)
q, target = nn.Linear(4, 3), nn.Linear(4, 3)
target.load_state_dict(q.state_dict())
opt = torch.optim.AdamW(q.parameters(), lr=1e-2, amsgrad=True); crit = nn.SmoothL1Loss()
memory = []
for step in range(60):
    s = torch.randn(4); a = random.randrange(3) if random.random() < 0.5 else q(s).argmax().item()
    memory.append((s, a, float(s[0] > 0), torch.randn(4)))
    if len(memory) < 16: continue
    batch = random.sample(memory, 16)
    S = torch.stack([b[0] for b in batch]); A = torch.tensor([[b[1]] for b in batch]); R = torch.tensor([b[2] for b in batch]); N = torch.stack([b[3] for b in batch])
    value = q(S).gather(1, A)
    with torch.no_grad():
        nxt = target(N).max(1).values
    loss = crit(value, (R + 0.9 * nxt).unsqueeze(1))
    opt.zero_grad(); loss.backward()
    torch.nn.utils.clip_grad_value_(q.parameters(), 100); opt.step()
    sd, td = q.state_dict(), target.state_dict()
    for k in sd: td[k] = sd[k] * 0.05 + td[k] * 0.95
    target.load_state_dict(td)
print(loss.item())
