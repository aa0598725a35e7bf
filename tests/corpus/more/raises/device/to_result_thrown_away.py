# ---
# id: "device/to_result_thrown_away"
# kind: "raises"
# cause: "tensor.to() returns a new tensor; its result was not kept, so the labels are still on the CPU."
# ---
import torch
import torch.nn as nn

device = torch.device("meta")  # stands for "cuda"


def train(net, batches):
    net.to(device)
    loss_fn = nn.MSELoss()
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for inputs, wanted in batches:
        inputs = inputs.to(device)
        wanted.to(device)
        opt.zero_grad()
        loss = loss_fn(net(inputs), wanted)
        loss.backward()
        opt.step()


train(nn.Linear(5, 1), [(torch.randn(8, 5), torch.randn(8, 1)) for _ in range(3)])
