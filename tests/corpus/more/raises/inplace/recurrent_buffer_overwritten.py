# ---
# id: "inplace/recurrent_buffer_overwritten"
# kind: "raises"
# cause: "The state tensor is overwritten in place at each step although earlier steps saved it for backward."
# ---
import torch

torch.manual_seed(1)
W = torch.randn(4, 4, requires_grad=True)
states = torch.zeros(6, 4)
states[0] = torch.randn(4)
for t in range(1, 6):
    states[t] = torch.tanh(W @ states[t - 1])
cost = states.pow(2).sum()
cost.backward()
print(W.grad.norm())
