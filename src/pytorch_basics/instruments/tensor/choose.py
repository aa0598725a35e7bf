"""Which few of a tensor's entries to read when there are too many to draw: the ends, with the middle cut.

In go shapes and counts; out come index tuples. Everything an instrument reads of a big tensor is chosen here,
which is what keeps a look at 10⁹ elements as cheap as a look at 100.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from pytorch_basics.instruments.tensor.memory import Array

MOST_ROWS, MOST_COLS = 11, 8  # entries drawn down and across, the cut among them: what fits 600 pixels
MOST_DEEP = 7  # the same, both ways, in each 2-D slice of a tensor with more dimensions
MOST_SLICES = 4  # such slices
MOST_CELLS = 144  # storage cells drawn: a full 12 × 12
SAMPLES = 4096  # elements read for the statistics of a big tensor
EXACT = 65_536  # up to here every element is read


def ends(size: int, most: int) -> tuple[int, ...]:
    """All of ``range(size)``, or its first and last few when that is more than ``most``."""
    if size <= most:
        return tuple(range(size))
    head = most // 2
    return (*range(head), *range(size - (most - 1 - head), size))


def strip(count: int) -> tuple[int, ...]:
    """The storage cells to draw of ``count``: all, or 24 from the front and 12 from the back."""
    return tuple(range(count)) if count <= MOST_CELLS else (*range(24), *range(count - 12, count))


def grid(shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which rows and columns of the last two dimensions are drawn; no rows for fewer than two dimensions."""
    down, across = (MOST_ROWS, MOST_COLS) if len(shape) < 3 else (MOST_DEEP, MOST_DEEP)
    rows = ends(shape[-2], down) if len(shape) > 1 else ()
    return rows, ends(shape[-1], across) if shape else ()


def leads(shape: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The leading indices whose last two dimensions are drawn: the first two slices and the last."""
    front = shape[:-2]
    return () if 0 in shape else tuple(_unravel(k, front) for k in ends(prod(front), MOST_SLICES))


def samples(shape: tuple[int, ...], full: bool) -> Iterator[tuple[Array, ...]]:
    """Index arrays, chunk by chunk: every element when ``full``, else one from each of 4,096 equal stretches.

    The place within a stretch is random but always the same: a fixed step could fall on one column each time.
    """
    count = prod(shape)
    if full or count <= EXACT:
        for at in range(0, count, EXACT):
            yield np.unravel_index(np.arange(at, min(at + EXACT, count)), shape)
    else:
        places = np.arange(SAMPLES) + np.random.default_rng(0).random(SAMPLES)
        yield np.unravel_index((places * (count / SAMPLES)).astype(np.int64), shape)


def _unravel(k: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    index = []
    for size in reversed(shape):
        k, i = divmod(k, size)
        index.append(i)
    return tuple(reversed(index))
