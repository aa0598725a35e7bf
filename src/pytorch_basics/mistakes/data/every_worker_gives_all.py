"""A stream is read by several workers, and each of them gives all of it."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake


class _Numbers(IterableDataset[int]):
    def __iter__(self) -> Iterator[int]:
        return iter(range(6))


class _SharedNumbers(IterableDataset[int]):
    def __iter__(self) -> Iterator[int]:
        info = get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        return iter(range(first, 6, step))


def broken() -> Answer:
    return _given(_Numbers())


def fixed() -> Answer:
    return _given(_SharedNumbers())


def _given(data: IterableDataset[int]) -> Answer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's on forking, which has nothing to do with this
        loader = DataLoader(data, batch_size=None, num_workers=2, generator=torch.Generator())
        numbers = sorted(int(number) for number in loader)
    return Answer(given=numbers, expected=list(range(6)))


def shown_by(evidence: Evidence) -> bool:
    """Everything that was expected came, each the same number of times, and more than once."""
    if not isinstance(evidence, Answer):
        return False
    given, expected = _counted(evidence.given), _counted(evidence.expected)
    if not given or not expected or given.keys() != expected.keys():
        return False
    often = {given[one] / expected[one] for one in expected}
    return len(often) == 1 and min(often) > 1


def _counted(value: Any) -> Counter[Any]:
    plain = isinstance(value, (list, tuple)) and all(isinstance(one, (int, float, str)) for one in value)
    return Counter(value) if plain else Counter()


MISTAKE = Mistake(
    id="data.every_worker_gives_all",
    code="",
    title="Several workers share a stream out among themselves",
    see="No error. Each sample comes as often as there are workers; an epoch is so many times as long.",
    why="Each worker has a copy of the data set. With indices PyTorch tells each worker which ones are its own. An "
    "`IterableDataset` has none, so every worker runs the whole `__iter__`.",
    instead="in `__iter__`: `info = get_worker_info()`, and of the stream only the part of worker `info.id`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
