"""The numbers of a gradient or a small tensor: every value of a small one, the norm of a large one from a sample.

In goes a tensor's ``tolist()``, or a NumPy array that looks at its memory; out comes a ``NumbersRecord``. It copies no
large array and runs no tensor operation, so that autograd, modes and hooks notice nothing.
"""

from __future__ import annotations

from itertools import chain
from math import gcd, hypot, inf, isfinite, nan, sqrt
from typing import Any

import numpy as np

from pytorch_basics.instruments.graph.record import NumbersRecord, Shape, Value

Array = np.ndarray[Any, np.dtype[Any]]

SMALL = 64  # as many values are kept one by one
SAMPLED = 4096  # as many elements are read for a norm, unless all are asked for
_SAFE = 1e-24  # a sum of squares in single precision is trusted between this and its inverse


def few(nested: Any, shape: Shape, dtype: str) -> NumbersRecord:
    """The record of a small tensor from its ``tolist()``: every value, and the norm."""
    values = nested if shape else (nested,)
    for _ in shape[1:]:
        values = chain.from_iterable(values)
    values = tuple(values)
    return NumbersRecord(shape, dtype, values, _hypot(values), len(values))


def many(array: Array, dtype: str, full: bool = False) -> NumbersRecord:
    """The record of a large array: its norm, estimated from a sample unless ``full``."""
    count = array.size
    seen = array.reshape(-1) if full or count <= SAMPLED else sample(array)
    norm = _norm(seen, full)
    if norm is None or seen.size == count:
        return NumbersRecord(array.shape, dtype, (), norm, seen.size, seen.size == count)
    zeros = seen.size - int(np.count_nonzero(seen))
    return NumbersRecord(array.shape, dtype, (), norm * sqrt(count / seen.size), seen.size, False, zeros)


def sample(array: Array) -> Array:
    """About ``SAMPLED`` elements, evenly spread, as a view where the memory is dense."""
    count = array.size
    step = spread(count)
    # The order of elements does not matter to a norm, so a transposed array is read in the order of its memory.
    dense = array.transpose(sorted(range(array.ndim), key=lambda d: -array.strides[d]))
    if dense.flags.c_contiguous:
        return dense.reshape(-1)[::step]
    picked: Array = array[np.unravel_index(np.arange(0, count, step), array.shape)]
    return picked


def spread(count: int) -> int:
    """The step that visits at most ``SAMPLED`` of ``count`` elements and, sharing no factor, every row and column."""
    step = -(-count // SAMPLED)
    while gcd(step, count) > 1:
        step += 1
    return step


def _hypot(values: tuple[Value, ...]) -> float:
    try:
        found = hypot(*values)  # type: ignore[arg-type]  # complex numbers go the other way
    except TypeError:
        found = hypot(*map(abs, values))
    return nan if found == inf and any(value != value for value in values) else found


def _norm(flat: Array, full: bool) -> float | None:
    kind = flat.dtype.kind
    if kind not in "biufc":
        return None
    with np.errstate(all="ignore"):
        if kind == "f" and not full and flat.itemsize == 4:
            square = float(np.dot(flat, flat))
            if _SAFE < square < 1 / _SAFE:  # neither overflow nor underflow took part in it
                return sqrt(square)
        wide = flat.astype(np.complex128 if kind == "c" else np.float64, copy=False)
        square = float(np.vdot(wide, wide).real)
    # A sum of squares with a NaN in it is NaN; with an infinity and no NaN it is infinite, unless complex.
    return sqrt(square) if isfinite(square) or kind != "c" else nan if np.isnan(flat).any() else inf
