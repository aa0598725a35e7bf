# ---
# id: "module/experts_in_a_list"
# kind: "silent"
# cause: "the experts stand in a plain list, so they are not parameters and never learn."
# fix: "nn.ModuleList."
# ---
import torch
from torch import nn


class MixtureOfExperts(nn.Module):
    def __init__(self, inputs, outputs, count):
        super().__init__()
        self.gate = nn.Linear(inputs, count)
        self.experts = [nn.Sequential(nn.Linear(inputs, 8), nn.ReLU(), nn.Linear(8, outputs)) for _ in range(count)]

    def forward(self, x):
        weights = self.gate(x).softmax(-1)
        answers = torch.stack([expert(x) for expert in self.experts], dim=1)
        return torch.einsum("be,beo->bo", weights, answers)


def main():
    torch.manual_seed(0)
    model = MixtureOfExperts(4, 2, 3)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    x = torch.randn(256, 4)
    y = torch.stack([x[:, 0].abs(), x[:, 1] * 2], dim=1)
    for _ in range(60):
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"{loss.item():.3f}")


if __name__ == "__main__":
    main()
