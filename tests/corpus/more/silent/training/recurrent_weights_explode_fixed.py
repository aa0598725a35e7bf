# ---
# id: "training/recurrent_weights_explode"
# kind: "silent"
# cause: "the recurrent weights are initialised with standard deviation 1 and 40 steps of a linear-ish recurrence blow states and gradients up."
# fix: "scale the recurrent weights (orthogonal)."
# ---
import torch
from torch import nn


class Recurrence(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.into = nn.Linear(inputs, hidden)
        self.again = nn.Linear(hidden, hidden, bias=False)
        self.out = nn.Linear(hidden, 1)
        nn.init.orthogonal_(self.again.weight, 0.7)

    def forward(self, x):
        state = x.new_zeros(len(x), self.again.in_features)
        for step in x.unbind(1):
            state = torch.relu(self.into(step) + self.again(state))
        return self.out(state)


def main():
    torch.manual_seed(0)
    model = Recurrence(2, 20)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(40):
        x = torch.randn(16, 25, 2)
        y = x[:, -3:, 0].sum(1, keepdim=True)
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 13 == 0:
            print(step, f"{loss.item():.3g}")


if __name__ == "__main__":
    main()
