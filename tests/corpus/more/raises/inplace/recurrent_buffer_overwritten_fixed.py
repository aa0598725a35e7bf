# ---
# fixes: "inplace/recurrent_buffer_overwritten"
# kind: "fixed"
# ---
import torch

torch.manual_seed(1)
W = torch.randn(4, 4, requires_grad=True)
states = torch.zeros(6, 4)
states[0] = torch.randn(4)
rows = [states[0]]
for t in range(1, 6):
    rows.append(torch.tanh(W @ rows[-1]))
states = torch.stack(rows)
cost = states.pow(2).sum()
cost.backward()
print(W.grad.norm())
