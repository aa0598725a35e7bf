# ---
# fixes: "order/zero_grad_between_backward_and_step"
# kind: "fixed"
# ---
import torch
import torch.nn as nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv1d(2, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 3))
opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.0)
for step in range(30):
    wave, kind = torch.randn(16, 2, 25), torch.randint(0, 3, (16,))
    wave += kind.view(-1, 1, 1)
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(wave), kind)
    loss.backward()
    opt.step()
print(loss.item())
