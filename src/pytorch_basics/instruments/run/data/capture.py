"""Writes down the data loaders that a run iterates: how they draw, and how many batches each iterator gave.

In go live ``DataLoader``s and their iterators, as the function mode met them in PyTorch's own frames; out come entries
in the log. Nothing of the learner's data set is called.
"""

from __future__ import annotations

import weakref
from contextlib import suppress
from typing import Any

from torch.utils.data import RandomSampler, SubsetRandomSampler, WeightedRandomSampler

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
            number = self.log.add("loader", loader, self.log.loaders, entry)
        entry = self.log.loaders[number]
        entry.iterators += 1
        entry.at[where] = None
        entry.given[entry.iterators] = 0
        with suppress(TypeError):
            self.log.numbers.setdefault("iterator", {})[id(iterator)] = weakref.ref(iterator), number
        self.log.event("iter", where, which=number)

    def drew(self, iterator: Any) -> None:
        """An iterator made a batch (with several tensors it says so several times)."""
        number = self.log.number("iterator", iterator)
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
    }


def _length(thing: Any) -> int | None:
    """PyTorch's own lengths, and a data set's: what ``len(loader)`` itself asks."""
    try:
        return len(thing)
    except (TypeError, NotImplementedError, AttributeError):
        return None
