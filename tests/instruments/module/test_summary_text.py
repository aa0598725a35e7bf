"""The text of a summary, line for line (``UPDATE_GOLDENS=1`` rewrites the goldens), and what holds for every text."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.module.record import ModuleRecord

GOLDEN = Path(__file__).with_name("golden")


class Block(nn.Module):
    """Two layers around an activation, added to what came in."""

    def __init__(self) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(8, 16), nn.Linear(16, 8)

    def forward(self, x: torch.Tensor) -> Any:
        return x + self.down(torch.relu(self.up(x)))


class Forgetful(nn.Module):
    """Layers in a plain list, a tensor in an attribute, and a head that is never called."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = [nn.Linear(8, 8), nn.Linear(8, 8)]
        self.scale = torch.ones(8)
        self.head = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> Any:
        for layer in self.layers:
            x = layer(x) * self.scale
        return x


def structure_only() -> ModuleRecord:
    return pb.summary(nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)))


def classifier() -> ModuleRecord:
    return pb.summary(nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)), torch.rand(32, 2))


def blocks_tied_and_frozen() -> ModuleRecord:
    table = nn.Embedding(50, 8)
    out = nn.Linear(8, 50, bias=False)
    out.weight = table.weight
    model = nn.Sequential(table, nn.Sequential(*(Block() for _ in range(4))), nn.BatchNorm1d(5), out)
    model[2].requires_grad_(False).eval()
    return pb.summary(model, torch.arange(10).view(2, 5))


def not_registered() -> ModuleRecord:
    return pb.summary(Forgetful(), torch.rand(4, 8))


def stopped() -> ModuleRecord:
    return pb.summary(nn.Sequential(nn.Linear(2, 8), nn.ReLU()), torch.rand(4, 3))


def lazy() -> ModuleRecord:
    return pb.summary(nn.Sequential(nn.LazyLinear(3), nn.ReLU()), torch.rand(4, 5))


def too_wide() -> ModuleRecord:
    """Six layers deep, three tensors in and out: more than a terminal holds."""

    class Many(nn.Module):
        def __init__(self, inner: nn.Module) -> None:
            super().__init__()
            self.a_rather_long_name = inner

        def forward(self, *tensors: torch.Tensor) -> Any:
            return tuple(self.a_rather_long_name(*tensors))

    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one = nn.Linear(1000, 1000, bias=False)

        def forward(self, *tensors: torch.Tensor) -> Any:
            return tuple(self.one(tensor) for tensor in tensors)

    model: nn.Module = Last()
    for _ in range(5):
        model = Many(model)
    return pb.summary(model, *(torch.zeros(64, k, 1000) for k in (1, 2, 3)))


EVERY = [structure_only, classifier, blocks_tied_and_frozen, not_registered, stopped, lazy]
Make = Callable[[], ModuleRecord]


def cases(makes: list[Make]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("make", makes, ids=lambda make: make.__name__)


@cases([*EVERY, too_wide])
def test_the_text_is_the_golden_one(make: Make) -> None:
    """Every line of the text is as it was agreed."""
    path = GOLDEN / f"{make.__name__}.txt"
    text = str(make()) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@cases([*EVERY, too_wide])
def test_a_table_fits_a_terminal(make: Make) -> None:
    """No line of a table is wider than 110 columns or ends in a space; sentences wrap where a terminal wraps them."""
    lines = [line for line in str(make()).splitlines() if not line.startswith("!")]
    assert max(map(len, lines)) <= 110
    assert lines == [line.rstrip() for line in lines]


@cases(EVERY)
def test_the_layers_add_up_to_the_total(make: Make) -> None:
    """The parameters of the model's own row are the total below the table."""
    text = str(make())
    assert f"{make().total:,} parameters" in text
    assert f" {make().total:,}" in next(line for line in text.splitlines() if make().layers[0].kind in line)
