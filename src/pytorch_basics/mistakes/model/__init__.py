"""Mistakes that the ``model`` lesson teaches, one file each, and what they share: what a model did not register.

In go what was given and what was expected, wherever names or shapes of registered tensors stand in them; out come
the ones that were expected and are not there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

NAME = re.compile(r"\w+(\.\w+)*")  # as ``named_parameters()`` writes them
DEEPEST = 6


def trained(model: nn.Module, x: Tensor) -> list[str]:
    """Take three steps with all that the model lists, and give the names of it."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()
    return [name for name, _ in model.named_parameters()]


def lost_names(given: Any, expected: Any, depth: int = 0) -> Iterator[tuple[set[str], set[str]]]:
    """For each place where names are missing and none is new: those that are missing, and those that are there."""
    mine, theirs = _texts(given), _texts(expected)
    if mine is None or theirs is None or depth > DEEPEST or isinstance(given, dict) != isinstance(expected, dict):
        return
    if mine < theirs and all(NAME.fullmatch(name) for name in theirs):
        yield theirs - mine, mine
    elif mine == theirs and isinstance(given, dict) and isinstance(expected, dict):
        for name in theirs:
            yield from lost_names(given[name], expected[name], depth + 1)


def lost_shapes(given: Any, expected: Any, depth: int = 0) -> Iterator[list[tuple[int, ...]]]:
    """For each place where shapes are missing and none is new: those that are missing."""
    mine, theirs = _shapes(given), _shapes(expected)
    if mine is not None and theirs and len(mine) < len(theirs) and not Counter(mine) - Counter(theirs):
        yield list((Counter(theirs) - Counter(mine)).elements())
    elif isinstance(given, dict) and isinstance(expected, dict) and depth < DEEPEST:
        for name in expected:
            if isinstance(name, str) and name in given:
                yield from lost_shapes(given[name], expected[name], depth + 1)


def _texts(value: Any) -> set[str] | None:
    """The texts that a list or the keys of a dict consist of; None where it is anything else."""
    if not isinstance(value, (dict, list, tuple, set, frozenset)):
        return None
    listed = list(value)
    return set(listed) if all(isinstance(name, str) for name in listed) else None


def _shapes(value: Any) -> list[tuple[int, ...]] | None:
    """A list of shapes, each a tuple or list of whole numbers; None where it is anything else."""
    if not isinstance(value, (list, tuple)):
        return None
    if not all(isinstance(shape, (list, tuple)) and all(type(n) is int for n in shape) for shape in value):
        return None
    return [tuple(shape) for shape in value]
