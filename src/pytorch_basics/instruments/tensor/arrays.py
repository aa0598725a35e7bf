"""NumPy arrays as ``Live`` ones: facts, strides in bytes, and the owner of their memory found through
``.base``.

In goes an array and its name; out comes a ``Live``. Torch-free: memory that a torch tensor lent
(``.numpy()``) is recognised by its address alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pytorch_basics.instruments.tensor.live import Live
from pytorch_basics.instruments.tensor.memory import Array, Place, Region


def live_array(array: Array, name: str) -> Live:
    """What is known of ``array``: NumPy tracks no gradient and no version, so those stay None."""
    owner = _owner(array)
    low, high = _bounds(owner)
    own_low, own_high = _bounds(array)
    if own_low < low or own_high > high:  # as_strided past its owner: trust the array's own reach
        low, high = own_low, own_high
    start = _address(array)
    place = Place(start, array.shape, array.strides, array.itemsize)
    return Live(
        thing=array,
        name=name,
        kind=type(array).__name__,
        shape=array.shape,
        dtype=array.dtype.name if array.dtype.isnative and array.dtype.kind in "biufc" else str(array.dtype),
        device="cpu",
        itemsize=array.itemsize,
        strides=array.strides,
        offset=start - low,
        contiguous=array.flags.c_contiguous,
        region=Region("cpu", low, high) if high > low else Region(f"empty {id(owner)}", low, low + 1),
        nbytes=high - low,
        place=place,
        decode=lambda raw: raw.view(array.dtype),
        hidden=_hidden(array),
        notes=_notes(array),
    )


def _owner(array: Array) -> Array:
    base: Any = array.base
    while base is not None:
        if isinstance(base, np.ndarray):
            array = base
        elif not isinstance(getattr(base, "base", None), np.ndarray):  # as_strided puts a dummy in between
            return array
        base = base.base
    return array


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])


def _bounds(array: Array) -> tuple[int, int]:
    return Place(_address(array), array.shape, array.strides, array.itemsize).bounds()


def _hidden(array: Array) -> str:
    if array.dtype.hasobject:
        return "it holds Python objects, not numbers; its bytes are only their addresses"
    if array.itemsize == 0:
        return "its elements have no bytes"
    return ""


def _notes(array: Array) -> tuple[str, ...]:
    writable = () if array.flags.writeable else ("read-only",)
    return (
        (*writable, "masked: the values under the mask are shown") if isinstance(array, np.ma.MaskedArray) else writable
    )
