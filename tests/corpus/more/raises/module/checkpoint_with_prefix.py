# ---
# id: "module/checkpoint_with_prefix"
# kind: "raises"
# cause: "the checkpoint was saved from the wrapper, so its keys start with \"net.\", and it is loaded into the bare network."
# fix: "load it into the wrapper, or take the prefix off the keys."
# ---
import io

import torch
from torch import nn


class Wrapper(nn.Module):
    """Adds a temperature to any classifier."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self.temperature = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return self.net(x) / self.temperature


def make_net():
    return nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))


def train(steps=15):
    model = Wrapper(make_net())
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(steps):
        x = torch.randn(24, 6)
        loss = nn.functional.cross_entropy(model(x), x[:, :3].argmax(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    buffer.seek(0)
    return buffer


def serve(buffer):
    model = make_net()
    model.load_state_dict(torch.load(buffer))
    model.eval()
    with torch.inference_mode():
        return model(torch.randn(2, 6)).argmax(1)


def main():
    torch.manual_seed(0)
    print(serve(train()).tolist())


if __name__ == "__main__":
    main()
