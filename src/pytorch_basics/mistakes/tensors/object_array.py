"""An array of Python objects is made into a tensor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    weights = {"cat": 1.0, "dog": 4.5}
    return torch.tensor(np.array(weights.values()))


def fixed() -> object:
    weights = {"cat": 1.0, "dog": 4.5}
    return torch.tensor(list(weights.values()))


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch refuses ``numpy.object_``; the array was made of something that is no list of numbers."""
    if not isinstance(record, FailureRecord) or "numpy.object_" not in record.message or record.place is None:
        return
    made = next((s for s in record.origins(record.failing) if s.bare in ("array", "asarray")), None)
    if made is None and record.failing is not None and record.failing.bare in ("array", "asarray"):
        made = record.failing
    inside = made.argument(0, "object") if made else None
    step = record.made(inside)
    view = inside is not None and (
        _is_view(inside, step) or (inside.value is not None and inside.value.kind == "generator")
    )
    yield Sign(
        place=made.place if made else record.place,
        seen=_seen(made, inside, view, record),
        instead=f"{made.text.replace(inside.text, f'list({inside.text})', 1)}"
        if made and inside and view
        else _general(record),
        evidence=("its dtype is numpy.object_",),
        also=(record.place,) if made and made.place != record.place else (),
    )


def _is_view(inside: Argument, step: Step | None) -> bool:
    return inside.text.endswith((".values()", ".keys()", ".items()")) or (
        step is not None and step.bare in ("map", "zip")
    )


def _seen(made: Step | None, inside: Argument | None, view: bool, record: FailureRecord) -> str:
    if made is not None and inside is not None and view:
        return f"`{made.text}` is an array of one element, the object `{inside.text}` itself: no list of numbers."
    text = made.text if made else record.failing.text if record.failing else "the array"
    return f"`{text}` holds Python objects (rows of several lengths, texts or None among them), not numbers."


def _general(record: FailureRecord) -> str:
    first = next((a for a in record.operands if a.name != "return"), None)
    text = first.text if first else "array"
    return f"{text}.astype(np.float32), which says what is no number; rows of several lengths must be padded"


MISTAKE = Mistake(
    id="tensors.object_array",
    code="",
    title="np.array makes numbers of anything",
    see="“can't convert np.ndarray of type numpy.object_”.",
    why="NumPy makes an array of Python objects where it finds no numbers: of `d.values()`, of a `map`, of rows of "
    "several lengths, of a table's column with texts. A tensor can hold numbers only.",
    instead="`list(d.values())`, and `np.array(…, dtype=np.float32)`, which complains at once",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
