"""Memory as addresses: which tensors lie in one stretch of it, which bytes they have in common, and reading a
few.

In go regions (where a storage begins and ends) and places (where a tensor's elements lie in one); out come
groups, relations and raw bytes. NumPy only: a tensor in CPU memory is read at its address, past every mode,
subclass and autograd, so that looking cannot change what is looked at.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

MOST_COUNTED = 4096


@dataclass(frozen=True)
class Region:
    """The bytes ``start`` to ``end`` of one address space (a device, or one meta storage)."""

    space: str
    start: int
    end: int


@dataclass(frozen=True)
class Place:
    """Where elements lie: the byte of the first, a shape, and the bytes to step along each dimension."""

    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    itemsize: int

    def bounds(self) -> tuple[int, int]:
        """The lowest byte and the one after the highest; an empty place has equal ones."""
        if 0 in self.shape:
            return self.start, self.start
        reach = [(size - 1) * step for size, step in zip(self.shape, self.strides, strict=True)]
        low = self.start + sum(r for r in reach if r < 0)
        return low, self.start + sum(r for r in reach if r > 0) + self.itemsize

    def once(self) -> Place:
        """The same elements without repetition: a dimension of stride 0 reads one element over and over."""
        sizes = zip(self.shape, self.strides, strict=True)
        return Place(
            self.start,
            tuple(min(size, 1) if step == 0 else size for size, step in sizes),
            self.strides,
            self.itemsize,
        )

    def pattern(self) -> tuple[object, ...]:
        """Equal for two places that cover the same bytes, whatever their shape, order or dtype."""
        low, _ = self.bounds()
        runs = [(1, self.itemsize)]
        steps = ((abs(step), size) for size, step in zip(self.shape, self.strides, strict=True) if step and size != 1)
        for step, size in sorted(steps):
            last_step, last_size = runs[-1]
            if step == last_step * last_size:
                runs[-1] = (last_step, last_size * size)
            else:
                runs.append((step, size))
        return (low, *runs)


class Reader(Protocol):
    """Reads elements of a place by index arrays or slices, as an array of raw ``V{itemsize}``."""

    def __call__(self, place: Place, index: tuple[Any, ...]) -> Array: ...


def read_cpu(place: Place, index: tuple[Any, ...]) -> Array:
    """The raw elements of ``place`` (its ``start`` an address in this process) at ``index``, copied out."""
    return np.array(_window(place)[index])


def _window(place: Place) -> Array:
    low, high = place.bounds()
    raw: Any = (ctypes.c_char * (high - low)).from_address(low)
    return np.ndarray(place.shape, f"V{place.itemsize}", raw, place.start - low, place.strides)


def group(regions: list[Region]) -> list[list[int]]:
    """Positions of regions that overlap, directly or through others, in order of their first member."""
    groups: list[list[int]] = []
    space, end = "", 0
    for at in sorted(range(len(regions)), key=lambda k: (regions[k].space, regions[k].start)):
        region = regions[at]
        if groups and region.space == space and region.start < end:
            groups[-1].append(at)
            end = max(end, region.end)
        else:
            groups.append([at])
            space, end = region.space, region.end
    return sorted((sorted(members) for members in groups), key=lambda members: members[0])


def relation(first: Place, second: Place) -> str:
    """``"same bytes"``, ``"some bytes"`` or ``"no byte"`` in common."""
    if 0 in first.shape or 0 in second.shape:
        return "no byte"
    if first.pattern() == second.pattern():
        return "same bytes"
    (low_a, high_a), (low_b, high_b) = first.bounds(), second.bounds()
    if high_a <= low_b or high_b <= low_a:
        return "no byte"
    # These windows are never read, only where they lie matters: other devices' addresses will do.
    a, b = _window(first.once()), _window(second.once())
    work: Any = 100_000
    try:
        if not np.shares_memory(a, b, max_work=work):
            return "no byte"
    except np.exceptions.TooHardError:
        return "some bytes"  # the ranges overlap, and a finer answer would take too long
    return "same bytes" if low_a == low_b and high_a == high_b and _same(first, second) else "some bytes"


def _same(first: Place, second: Place) -> bool:
    # Overlapping steps reach the same bytes in more than one way: only counting tells.
    few = all(prod(place.once().shape) <= MOST_COUNTED for place in (first, second))
    return few and np.array_equal(_bytes(first), _bytes(second))


def _bytes(place: Place) -> Array:
    once = place.once()
    at = sum(i * step for i, step in zip(np.indices(once.shape, sparse=True), once.strides, strict=True))
    return np.unique(np.ravel(at)[:, None] + np.arange(place.start, place.start + place.itemsize))
