"""Smallest, largest, mean and the non-finite count of a tensor, without copying it.

In goes a way to read values at index arrays and the shape to read from; out comes a ``StatsRecord``. Up to
65,536 elements are all read, in chunks; of more, 4,096, unless all are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from pytorch_basics.instruments.tensor import choose
from pytorch_basics.instruments.tensor.memory import Array
from pytorch_basics.instruments.tensor.record import StatsRecord


def stats(read: Callable[[tuple[Any, ...]], Array], shape: tuple[int, ...], full: bool) -> StatsRecord | None:
    """The statistics of what ``read`` gives over ``shape``; None if that is empty or not numbers."""
    count = prod(shape)
    parts = []
    for index in choose.samples(shape or (1,), full) if count else ():
        values = read(index if shape else ())
        if values.dtype.kind not in "biufc":
            return None
        parts.append(_part(np.atleast_1d(values)))
    return _merged(parts, exact=full or count <= choose.EXACT) if parts else None


def _part(values: Array) -> dict[str, Any]:
    finite = np.isfinite(values)
    nans = int(np.isnan(values).sum())
    kept = values if finite.all() else values[finite]
    of = "values"
    if kept.dtype.kind == "c":
        kept, of = np.abs(kept), "magnitudes"
    return {
        "looked_at": values.size,
        "nans": nans,
        "infs": int(values.size - finite.sum()) - nans,
        "low": kept.min().item() if kept.size else None,
        "high": kept.max().item() if kept.size else None,
        "sum": float(kept.sum(dtype=np.float64)),
        "finite": kept.size,
        "of": of,
    }


def _merged(parts: list[dict[str, Any]], exact: bool) -> StatsRecord:
    finite = sum(part["finite"] for part in parts)
    return StatsRecord(
        looked_at=sum(part["looked_at"] for part in parts),
        exact=exact,
        smallest=min((part["low"] for part in parts if part["low"] is not None), default=None),
        largest=max((part["high"] for part in parts if part["high"] is not None), default=None),
        mean=sum(part["sum"] for part in parts) / finite if finite else None,
        nans=sum(part["nans"] for part in parts),
        infs=sum(part["infs"] for part in parts),
        of=parts[0]["of"],
    )
