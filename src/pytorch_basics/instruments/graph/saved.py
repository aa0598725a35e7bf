"""What a live node keeps for the backward pass, without unpacking anything that a saved-tensor hook holds.

In goes a live node, out come its saved tensors. ``_raw_saved_*`` gives the kept tensor as it lies there; only
``_saved_*`` tells whether it is stale, by raising, and it is asked only where no hook of the learner's would run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

_RAW = "_raw_saved_"
_VERSIONS = re.compile(r"is at version (\d+); expected version (\d+)")
_TOLD = frozenset(
    {
        *("exponent", "dim", "alpha", "index", "start", "end", "step", "keepdim", "negative_slope", "p", "reduction"),
        *("dim0", "dim1", "min", "max", "beta", "eps", "groups", "stride", "padding", "diagonal", "approximate"),
        *("other", "value"),
    }
)

_USUAL = (("alpha", 1), ("beta", 1), ("groups", 1))  # say nothing


class Kept(NamedTuple):
    """One saved tensor: the live one, or None where it is packed or freed; ``state`` is as in ``SavedRecord``."""

    slot: str
    tensor: Any
    state: str
    saved_version: int | None


@cache
def _slots(kind: Any) -> tuple[tuple[tuple[str, str, str], ...], tuple[tuple[str, str], ...]]:
    # Asked once for each class of node: dir() is slow, and a class always saves under the same names.
    raw = [name.removeprefix(_RAW) for name in dir(kind) if name.startswith(_RAW)]
    plain = [name.removeprefix("_saved_") for name in dir(kind) if name.startswith("_saved_")]
    kept = tuple((slot, _RAW + slot, "saved_tensors" if slot == "tensors" else f"_saved_{slot}") for slot in raw)
    return kept, tuple((name, f"_saved_{name}") for name in plain if name in _TOLD and name not in raw)


def kept(node: Any) -> list[Kept]:
    """Every tensor that ``node`` saved, in the order of its slots."""
    found: list[Kept] = []
    for slot, hidden, shown in _slots(type(node))[0]:  # type: ignore[arg-type]  # a class can be hashed
        try:
            raw = getattr(node, hidden)
        except RuntimeError:
            found.append(Kept(slot, None, "freed", None))
            continue
        if isinstance(raw, tuple | list):
            found += _several(node, slot, shown, raw)
        elif raw.unpack_hook is not None:
            found.append(Kept(slot, None, "packed", None))
        else:
            found.append(_one(raw, slot, _trouble(node, shown)))
    return [one for one in found if one.state or one.tensor is not None]  # None: an argument that was not given


def _several(node: Any, slot: str, shown: str, raws: Sequence[Any]) -> list[Kept]:
    """The tensors of one slot. PyTorch unpacks them all at once, so one that is packed keeps us from asking."""
    packed = [raw.unpack_hook is not None for raw in raws]
    trouble = _trouble(node, shown) if raws and not any(packed) else None
    return [
        Kept(f"{slot}[{k}]", None, "packed", None) if packed[k] else _one(raw, f"{slot}[{k}]", trouble)
        for k, raw in enumerate(raws)
    ]


def _trouble(node: Any, shown: str) -> str | None:
    """Why PyTorch would not use this slot any more, in its words; None when it would."""
    try:
        getattr(node, shown, None)
    except RuntimeError as why:
        return str(why)
    return None


def _one(raw: Any, slot: str, trouble: str | None) -> Kept:
    tensor = raw.data
    if trouble is None:
        return Kept(slot, tensor, "", None)
    if tensor is None:
        return Kept(slot, None, "freed", None)
    versions = _VERSIONS.search(trouble)
    if versions and int(versions[1]) == tensor._version:
        return Kept(slot, tensor, "stale", int(versions[2]))
    return Kept(slot, tensor, "", None)


def settings(node: Any) -> tuple[tuple[str, str], ...]:
    """The numbers that the op was called with and that its derivative needs: an exponent, a dim, an index."""
    found = []
    for name, shown in _slots(type(node))[1]:  # type: ignore[arg-type]  # a class can be hashed
        try:
            value = getattr(node, shown)
        except RuntimeError:  # freed with the tensors
            continue
        if value is not None and value is not False and (name, value) not in _USUAL and not hasattr(value, "grad_fn"):
            found.append((name, _words(value)))
    return tuple(found)


def _words(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_words, value))})"
    if isinstance(value, int) and value >= 1 << 63:  # a negative number that was read as an unsigned one
        value -= 1 << 64
    return "" if value == (1 << 63) - 1 else str(value)
