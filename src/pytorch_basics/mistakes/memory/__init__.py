"""Mistakes that the ``memory`` lesson teaches, one file each, and how they look at memory.

The functions below stand here because every module of this folder is a mistake. They take evidence of any
kind and never raise: an answer may hold anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

import numpy as np
import torch


def is_tensor(value: Any) -> TypeGuard[torch.Tensor]:
    """Whether a value is a tensor with strides and numbers: not a sparse one, not one on ``meta``."""
    plain = isinstance(value, torch.Tensor) and value.layout is torch.strided
    return plain and value.device.type != "meta"


def arrays_in(value: Any) -> Iterator[Any]:
    """The tensors and NumPy arrays in a value, those inside tuples, lists and dicts too."""
    if is_tensor(value) or isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from arrays_in(item)
    elif isinstance(value, dict):
        yield from arrays_in(list(value.values()))


def share(a: Any, b: Any) -> bool:
    """Whether two tensors or arrays lie in the same memory."""
    (low, high), (start, end) = _span(a), _span(b)
    return low < end and start < high


def same_values(a: Any, b: Any) -> bool:
    """Whether two values hold the same numbers in the same shapes; memory and dtype do not matter."""
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(same_values(x, y) for x, y in zip(a, b, strict=True))
    return all(is_tensor(x) or isinstance(x, np.ndarray) for x in (a, b)) and _same_tensor(a, b)


def changed(args: tuple[Any, ...], args_after: tuple[Any, ...]) -> bool:
    """Whether the call changed the numbers in one of its arguments."""
    before, after = list(arrays_in(args)), list(arrays_in(args_after))
    pairs = zip(before, after, strict=False)
    return bool(after) and not all(same_values(one, other) for one, other in pairs)


def _span(value: Any) -> tuple[int, int]:
    if isinstance(value, torch.Tensor):
        storage = value.untyped_storage()
        return storage.data_ptr(), storage.data_ptr() + storage.nbytes()
    while isinstance(value.base, np.ndarray):
        value = value.base
    return np.lib.array_utils.byte_bounds(value) if value.size else (0, 0)


def _same_tensor(a: Any, b: Any) -> bool:
    try:
        one, other = (torch.from_numpy(x.copy()) if isinstance(x, np.ndarray) else x for x in (a, b))
        return torch.equal(one, other)
    except (RuntimeError, TypeError):  # on two devices; an array of text
        return False
