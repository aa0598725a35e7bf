"""E1: ``model.eval()`` is taken for the switch that turns gradients off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake

DEEPEST = 4


def broken() -> Answer:
    model = nn.Linear(3, 1)
    model.eval()
    output = model(torch.ones(4, 3))
    return Answer(given=output, expected=output.detach())


def fixed() -> Answer:
    model = nn.Linear(3, 1)
    model.eval()
    with torch.no_grad():
        output = model(torch.ones(4, 3))
    return Answer(given=output, expected=output.detach())


def shown_by(evidence: Evidence) -> bool:
    """A tensor of the answer has the right numbers and a graph, where one without a graph was expected."""
    if not isinstance(evidence, Answer):
        return False
    return any(
        given.requires_grad and not expected.requires_grad and _same(given, expected)
        for given, expected in _pairs(evidence.given, evidence.expected, 0)
    )


def _pairs(given: Any, expected: Any, depth: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Tensors of the answer beside those that were expected in their places."""
    if depth > DEEPEST:
        return
    if isinstance(given, dict) and isinstance(expected, dict):
        for key in given.keys() & expected.keys():
            yield from _pairs(given[key], expected[key], depth + 1)
    elif isinstance(given, (list, tuple)) and isinstance(expected, (list, tuple)):
        for one, other in zip(given, expected, strict=False):
            yield from _pairs(one, other, depth + 1)
    elif isinstance(given, torch.Tensor) and isinstance(expected, torch.Tensor):
        yield given, expected


def _same(given: torch.Tensor, expected: torch.Tensor) -> bool:
    if given.shape != expected.shape or given.dtype != expected.dtype or given.device != expected.device:
        return False
    if isinstance(given, nn.Parameter):  # it requires grad by itself, whatever was computed
        return False
    return given.is_floating_point() and torch.allclose(given.detach(), expected, rtol=1e-4, equal_nan=True)


MISTAKE = Mistake(
    id="evaluation.eval_stops_gradients",
    code="E1",
    title="eval() turns gradients off",
    see="What the model gives after `model.eval()` still has `requires_grad=True`; memory fills up while you only "
    "measure.",
    why="`eval()` tells the layers that care (Dropout, BatchNorm) to behave as in evaluation. Autograd does not look "
    "at the mode and records every operation.",
    instead="both: `model.eval()`, and `with torch.no_grad():` around the forward pass",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
