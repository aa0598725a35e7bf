"""Writes down the data loaders that a run iterates: how they draw, and how many batches each iterator gave.

In go live ``DataLoader``s and their iterators, as the function mode met them in PyTorch's own frames; out come entries
in the log. Nothing of the learner's data set is called.
"""

from __future__ import annotations

import random
import weakref
from collections.abc import Iterator
from contextlib import suppress
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

import torch
from torch.utils.data import (
    BatchSampler,
    RandomSampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

from pytorch_basics.instruments.run.log import Loader, Log, Where

_SHUFFLE = (RandomSampler, SubsetRandomSampler, WeightedRandomSampler)


class Loaders:
    """All loaders that were iterated."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def iterated(self, loader: Any, iterator: Any, where: Where) -> None:
        """``iter`` was called on a loader."""
        if loader is None:
            return
        number = self.log.number("loader", loader)
        if number is None:
            entry = Loader(weakref.ref(loader), _facts(loader))
            entry.generators = tuple(_generators(loader.dataset)) if loader.num_workers else ()
            entry.samples = _samples(loader)
            number = self.log.add("loader", loader, self.log.loaders, entry)
            self._remember("sampler", loader._index_sampler, number)
        self._begun(number, iterator, where)
        self.log.event("iter", where, which=number)

    def _begun(self, number: int, iterator: Any, where: Where) -> None:
        entry = self.log.loaders[number]
        entry.iterators += 1
        entry.at[where] = None
        entry.given[entry.iterators] = 0
        self._remember("iterator", iterator, number)

    def _remember(self, kind: str, thing: Any, number: int) -> None:
        with suppress(TypeError):
            self.log.numbers.setdefault(kind, {})[id(thing)] = weakref.ref(thing), number

    def _met(self, iterator: Any, where: Where) -> int | None:
        """An iterator that was made while nobody watched: its loader is known by its sampler, or by what it holds."""
        sampler = getattr(iterator, "_index_sampler", None)
        if not isinstance(sampler, BatchSampler):
            return None
        number = self.log.number("sampler", sampler)
        if number is None:
            loader = _loader_of(iterator, sampler)
            entry = Loader(weakref.ref(sampler), _facts(loader) | {"kind": "DataLoader", "length": _length(sampler)})
            entry.samples = _samples(loader)
            number = self.log.add("sampler", sampler, self.log.loaders, entry)
        self._begun(number, iterator, where)
        return number

    def drew(self, iterator: Any, where: Where) -> None:
        """An iterator made a batch (with several tensors it says so several times)."""
        number = self.log.number("iterator", iterator)
        if number is None:
            number = self._met(iterator, where)
        if number is not None:
            entry = self.log.loaders[number]
            entry.given[entry.iterators] = int(getattr(iterator, "_num_yielded", 0)) + 1


def _facts(loader: Any) -> dict[str, Any]:
    sampler = loader.sampler
    return {
        "kind": type(loader).__name__,
        "dataset": type(loader.dataset).__name__,
        "length": _length(loader),
        "size": _length(loader.dataset),
        "drawn": _length(sampler),
        "batch_size": loader.batch_size,
        "sampler": type(sampler).__name__,
        "shuffled": isinstance(sampler, _SHUFFLE),
        "drop_last": bool(loader.drop_last),
        "workers": int(loader.num_workers),
        "seeded": loader.worker_init_fn is not None,
    }


def _loader_of(iterator: Any, sampler: Any) -> Any:
    """What an iterator still knows of its loader."""
    return SimpleNamespace(
        dataset=iterator._dataset,
        sampler=sampler.sampler,
        batch_sampler=sampler,
        batch_size=sampler.batch_size,
        drop_last=sampler.drop_last,
        num_workers=iterator._num_workers,
        worker_init_fn=None,
    )


_MOST_SAMPLES = 1_000_000
_OWN = (random.Random, torch.Generator)
_ARRAYS = {"Generator", "RandomState"}  # NumPy's, which need not be there
_DRAWING = ("__getitem__", "__getitems__", "__iter__", "__call__")


def _generators(dataset: Any) -> Iterator[tuple[str, CodeType]]:
    """The random generators in the attributes of a data set, and of its transforms, with the code that draws."""
    owners = [(dataset, "self")]
    owners += [(value, f"self.{name}") for name, value in _attributes(dataset) if callable(value)]
    for owner, path in owners:
        held = [name for name, value in _attributes(owner) if _is_generator(value)]
        methods = [vars(kind).get(name) for kind in type(owner).__mro__ for name in vars(kind) if name != "__init__"]
        codes = [method.__code__ for method in methods if isinstance(method, FunctionType)]
        codes.sort(key=lambda code: code.co_name not in _DRAWING)
        for name in held:
            code = next((code for code in codes if name in code.co_names), None)
            if code is not None:
                yield f"{path}.{name}", code


def _attributes(thing: Any) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in getattr(thing, "__dict__", {}).items() if value is not thing]


def _is_generator(value: Any) -> bool:
    kind = type(value)
    return isinstance(value, _OWN) or (kind.__name__ in _ARRAYS and kind.__module__.startswith("numpy."))


def _samples(loader: Any) -> tuple[int, frozenset[int]]:
    """The data set at the bottom, by identity, and which of its samples a loader draws."""
    dataset, sampler = loader.dataset, loader.sampler
    size = _length(dataset)
    if size is None or size > _MOST_SAMPLES or loader.batch_sampler is None:
        return 0, frozenset()
    if isinstance(sampler, SubsetRandomSampler):
        wanted = [int(k) for k in sampler.indices]
    elif isinstance(sampler, (SequentialSampler, RandomSampler)):
        wanted = list(range(size))
    else:
        return 0, frozenset()
    while type(dataset) is Subset:
        inner = dataset.indices
        wanted = [int(inner[k]) for k in wanted]
        dataset = dataset.dataset
    return id(dataset), frozenset(wanted)


def _length(thing: Any) -> int | None:
    """PyTorch's own lengths, and a data set's: what ``len(loader)`` itself asks."""
    try:
        return len(thing)
    except (TypeError, NotImplementedError, AttributeError):
        return None
