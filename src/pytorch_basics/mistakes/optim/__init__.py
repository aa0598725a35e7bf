"""Mistakes that the ``optim`` lesson teaches, one file each, and how they read where parameters have been.

In go what was given and what was expected; out come, from the same places in both, the positions of a parameter one
step after the other. Nothing here raises: an answer may hold anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from pytorch_basics.mistakes.operations.star_is_matmul import alike, plain

DEEPEST = 6
Way = list[torch.Tensor]


def ways(given: Any, expected: Any, depth: int = 0) -> Iterator[tuple[Way, Way]]:
    """Lists of three or more positions, of one shape, that begin alike and should move in the first step."""
    if depth > DEEPEST or type(given) is not type(expected):
        return
    if isinstance(given, dict):
        for key in given.keys() & expected.keys():
            yield from ways(given[key], expected[key], depth + 1)
    elif isinstance(given, (list, tuple)) and len(given) == len(expected):
        mine, theirs = _way(given), _way(expected)
        if mine and theirs and alike(mine[0], theirs[0]) and not alike(theirs[0], theirs[1]):
            yield mine, theirs
        elif not mine:
            for one, other in zip(given, expected, strict=True):
                yield from ways(one, other, depth + 1)


def _way(value: Any) -> Way | None:
    """The positions as float64 tensors; None where the list holds anything else."""
    if len(value) < 3 or not all(plain(x) and x.is_floating_point() and x.shape == value[0].shape for x in value):
        return None
    return [x.detach().double() for x in value]


def starts_in(args: Any, like: torch.Tensor) -> Iterator[torch.Tensor]:
    """The inputs that may be where a parameter of this shape began."""
    for x in args:
        if plain(x) and x.is_floating_point() and x.shape == like.shape:
            yield x.detach()
