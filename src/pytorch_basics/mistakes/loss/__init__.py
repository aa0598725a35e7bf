"""Mistakes that the ``loss`` lesson teaches, one file each, and how they read the numbers of an answer.

In goes the evidence of an answer; out come the pairs of numbers to compare, the logits beside their labels, and the
ways in which the losses of single points become one number. Nothing here raises: an answer may hold anything. Of the
record of a run comes what went into a loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import torch

from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.memory import arrays_in
from pytorch_basics.mistakes.mistake import Answer
from pytorch_basics.mistakes.operations.star_is_matmul import plain
from pytorch_basics.mistakes.reading.flow import makers, sites, trained

MOST_TENSORS = 5
TAKES_LOGITS = ("binary_cross_entropy_with_logits", "multilabel_soft_margin_loss")
REGRESSIONS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


def numbers(evidence: Answer) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """What was given beside what was expected at the same place, flat, where both are numbers and differ."""
    for given, expected in _places(evidence.given, evidence.expected):
        one, other = _flat(given), _flat(expected)
        if one is not None and other is not None and one.numel() == other.numel() and not same(one, other):
            yield one, other


def logits_and_labels(args: Any) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Every floating point input beside every input that may be its labels, 0 to 1; both flat."""
    for logits, labels in _two_of(args):
        if logits.is_floating_point() and logits.numel() == labels.numel() > 0:
            targets = labels.detach().double().flatten()
            if bool(((targets >= 0) & (targets <= 1)).all()):
                yield logits.detach().double().flatten(), targets


def rows_and_classes(args: Any) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Every input ``(batch, classes)`` beside every input that may be the index of the right class of each row."""
    for logits, classes in _two_of(args):
        if logits.dim() != 2 or not logits.is_floating_point() or logits.shape[1] < 2 or classes.is_floating_point():
            continue
        targets = classes.detach().long().flatten()
        if 0 < targets.numel() == len(logits) and int(targets.min()) >= 0 and int(targets.max()) < logits.shape[1]:
            yield logits.detach().double(), targets


def readings(losses: torch.Tensor) -> Iterator[torch.Tensor]:
    """The mean, the sum, and each for itself; flat."""
    yield losses.mean().flatten()
    yield losses.sum().flatten()
    yield losses.flatten()


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """As many numbers, and the same ones as far as float32 can tell."""
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=1e-6)


def explains(evidence: Answer, wrong: torch.Tensor, right: torch.Tensor) -> bool:
    """Whether somewhere the right losses were expected and the wrong ones given, reduced in the same way."""
    ways = list(zip(readings(wrong), readings(right), strict=True))
    return any(
        same(given, mine) and same(expected, theirs) for given, expected in numbers(evidence) for mine, theirs in ways
    )


def _places(given: Any, expected: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    if depth > MOST_TENSORS:
        return
    if isinstance(given, dict) and isinstance(expected, dict):
        for key in given.keys() & expected.keys():
            yield from _places(given[key], expected[key], depth + 1)
    elif isinstance(given, (list, tuple)) and isinstance(expected, (list, tuple)):
        for one, other in zip(given, expected, strict=False):
            yield from _places(one, other, depth + 1)
    else:
        yield given, expected


def _flat(value: Any) -> torch.Tensor | None:
    if isinstance(value, (bool, int, float)):
        return torch.tensor([float(value)], dtype=torch.float64) if abs(value) < 1e300 else None
    return value.detach().double().flatten() if plain(value) else None


def _two_of(args: Any) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    tensors = [value for value in arrays_in(args) if plain(value)][:MOST_TENSORS]
    yield from permutations(tensors, 2)


def fed_by(
    record: RunRecord, losses: tuple[str, ...], by: tuple[str, ...]
) -> Iterator[tuple[SiteRecord, SiteRecord, bool]]:
    """Calls of a loss whose first argument one of these functions made, with that call, and whether it trains."""
    trains = trained(record)
    for k, loss in sites(record, *losses):
        for maker in makers(record, loss.ins[0]) if loss.ins else ():
            if record.sites[maker].bare in by and record.sites[maker].outs:
                yield loss, record.sites[maker], k in trains
