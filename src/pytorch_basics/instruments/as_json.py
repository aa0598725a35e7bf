"""Records to JSON and back without loss: dataclasses, tuples, NaN, infinities and complex numbers included.

In goes a record (frozen dataclasses of plain values); out comes text, and from that text an equal record. Each
dataclass is an object with its class's name under ``is``, so nothing but the records asked for is ever built.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any, TypeVar

R = TypeVar("R")


def to_json(record: object) -> str:
    """``record`` as compact JSON that any reader of JSON accepts (no bare NaN)."""
    return json.dumps(_packed(record), separators=(",", ":"), allow_nan=False)


def from_json(text: str, whole: type[R], *parts: type[object]) -> R:
    """The record that ``to_json`` wrote: a ``whole`` made of ``parts``. Raises ValueError for anything else."""
    kinds: dict[str, type[Any]] = {kind.__name__: kind for kind in (whole, *parts)}
    try:
        record = _unpacked(json.loads(text), kinds)
    except (KeyError, TypeError) as unknown:
        raise ValueError(f"wanted the JSON of a {whole.__name__}; it has an unknown part: {unknown}") from None
    if not isinstance(record, whole):
        raise ValueError(f"wanted the JSON of a {whole.__name__}, got that of {type(record).__name__}")
    return record


def _packed(thing: Any) -> Any:
    # JSON has no complex numbers, no NaN and no tuples: the first two are wrapped, lists stand for tuples.
    if is_dataclass(thing):
        return {"is": type(thing).__name__} | {f.name: _packed(getattr(thing, f.name)) for f in fields(thing)}
    if isinstance(thing, tuple):
        return [_packed(part) for part in thing]
    if isinstance(thing, complex):
        return {"is": "complex", "of": [_packed(thing.real), _packed(thing.imag)]}
    if isinstance(thing, float) and not isfinite(thing):
        return {"is": "float", "of": str(thing)}
    return thing


def _unpacked(thing: Any, kinds: dict[str, type[Any]]) -> Any:
    if isinstance(thing, list):
        return tuple(_unpacked(part, kinds) for part in thing)
    if not isinstance(thing, dict):
        return thing
    rest = {key: _unpacked(part, kinds) for key, part in thing.items() if key != "is"}
    if thing["is"] == "complex":
        return complex(*rest["of"])
    return float(rest["of"]) if thing["is"] == "float" else kinds[thing["is"]](**rest)
