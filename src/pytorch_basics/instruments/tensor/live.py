"""A live tensor or array half-way to its record: its facts, where its elements lie, and how to read some of
them.

``capture`` (PyTorch) and ``arrays`` (NumPy) make these; ``assemble`` turns a list of them into a
``SeeRecord``. It lets everything after this point treat a tensor and an array alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pytorch_basics.instruments.tensor.memory import Array, Place, Reader, Region, read_cpu

IndexArrays = tuple[Any, ...]


@dataclass
class Live:
    """One tensor or array; ``region`` and ``place`` are None when it has no storage of its own to draw."""

    thing: object
    name: str
    kind: str
    shape: tuple[int, ...]
    dtype: str
    device: str
    itemsize: int
    strides: tuple[int, ...] | None = None
    offset: int | None = None
    contiguous: bool | None = None
    requires_grad: bool | None = None
    leaf: bool | None = None
    version: int | None = None
    region: Region | None = None
    nbytes: int = 0  # of the region; 0 for one that only marks a place
    place: Place | None = None
    read: Reader = read_cpu
    decode: Callable[[Array], Array] = lambda raw: raw
    adjust: Callable[[Array, IndexArrays], Array] | None = None  # stored value to the value the tensor shows
    hidden: str = ""
    notes: tuple[str, ...] = ()

    def values(self, index: IndexArrays) -> Array:
        """The values at index arrays (one per dimension) or slices, as the tensor shows them."""
        assert self.place is not None
        stored = self.decode(self.read(self.place, index))
        return self.adjust(stored, index) if self.adjust else stored


def plain(values: Array) -> tuple[Any, ...]:
    """NumPy values as Python numbers, or as text where Python has no such number (dates, structs)."""
    values = np.atleast_1d(values)
    if values.dtype.kind not in "biufc":
        return tuple(str(value) for value in values.tolist())
    if values.dtype.char in "gG":  # long doubles stay NumPy scalars in tolist
        values = values.astype(np.complex128 if values.dtype.char == "G" else np.float64)
    return tuple(values.tolist())
