"""References and wrong solutions of the toy exercises."""

from __future__ import annotations

import math

import torch

from pytorch_basics.practice.exercise import Solutions, Wrong


def _double(x: torch.Tensor) -> torch.Tensor:
    return 2 * x


def _sum(x: torch.Tensor) -> torch.Tensor:
    return x + x


def _triple(x: torch.Tensor) -> torch.Tensor:
    return 3 * x


def _loop(n: int) -> int:
    product = 1
    for factor in range(2, n + 1):
        product *= factor
    return product


class _Net(torch.nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(n, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.layer(x)
        return y


SOLUTIONS = {
    "factorial.double": Solutions(
        (_double, _sum), (Wrong("triples", _triple, "Your answer behaves as if doubling were tripling."),)
    ),
    "factorial.absolute": Solutions((torch.abs,), ()),
    "factorial.factorial": Solutions((_loop, math.factorial), ()),
    "factorial.net": Solutions((_Net,), ()),
    "factorial.shape": Solutions(
        ({"shape": (2, 3)},), (Wrong("swapped", {"shape": (3, 2)}, "You swapped the order of the sizes."),)
    ),
}
