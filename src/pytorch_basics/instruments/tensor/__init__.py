"""The tensor instrument, ``pb.see``: shape, dtype, strides, the storage drawn as cells, each tensor's path
through it, and who shares memory with whom. Importing this loads no torch; looking does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pytorch_basics.errors import WrongArgument, WrongValue, wrong
from pytorch_basics.instruments.tensor import names as _names
from pytorch_basics.instruments.tensor.record import SeeRecord

if TYPE_CHECKING:
    import numpy as np
    import torch

    Seeable = torch.Tensor | np.ndarray[Any, Any]

__all__ = ["SeeRecord", "see"]


def see(
    *tensors: Seeable, names: Sequence[str] | None = None, stats: Literal["sampled", "full"] = "sampled"
) -> SeeRecord:
    """Look at tensors and NumPy arrays: what they are, where they live, and who shares bytes with whom.

    ``names`` replaces the names found in the call. Up to 65,536 elements are all read for the statistics,
    more are sampled; ``stats="full"`` reads every one. Nothing that is seen is copied or changed.

    >>> x = torch.arange(6.).view(2, 3)
    >>> pb.see(x, x.t())

    Raises TypeError for anything but tensors and arrays, ValueError for a wrong number of names or unknown
    ``stats``.
    """
    from pytorch_basics.instruments.tensor.capture import can_see, capture, instead_of

    found = _names.names(tensors, sys._getframe(1))
    if not tensors:
        wanted = "at least one torch.Tensor or numpy.ndarray"
        raise WrongArgument(wrong("pb.see", "tensors", tensors, wanted, "pb.see(x)"))
    for k, (value, name) in enumerate(zip(tensors, found, strict=True)):
        if not can_see(value):
            wanted = "a torch.Tensor or numpy.ndarray"
            raise WrongArgument(wrong("pb.see", f"tensors[{k}]", value, wanted, instead_of(value, name)))
    if stats not in ("sampled", "full"):
        raise WrongValue(wrong("pb.see", "stats", stats, '"sampled" or "full"', 'pb.see(x, stats="full")'))
    return capture(tensors, _checked(names, found), full_stats=stats == "full")


def _checked(names: Sequence[str] | None, found: list[str]) -> list[str]:
    if names is None:
        return found
    given = [names] if isinstance(names, str) else list(names)
    if len(given) != len(found) or not all(isinstance(name, str) for name in given):
        wanted = f"{len(found)} name{'s' if len(found) > 1 else ''}, one for each tensor"
        example = ", ".join(f'"{name}"' for name in "abcdefgh"[: len(found)])
        raise WrongValue(wrong("pb.see", "names", names, wanted, f"names=[{example}]"))
    return given
