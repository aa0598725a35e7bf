"""A dimension is named that the tensor does not have."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import numbers, sizes
from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    scores = torch.rand(8)
    return scores.argmax(dim=1)


def fixed() -> object:
    scores = torch.rand(8)
    return scores.argmax(dim=0)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words: the range of dimensions there is, and the one asked for."""
    if not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    found = numbers(r"expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)", record.message)
    if len(found) != 3:
        return
    what = next((a for a in record.operands if a.value and a.value.tensor), None)
    dims = found[1] + 1
    has = f"`{what.text}` has shape {sizes(what.value.shape)}" if what and what.value else "The tensor"
    made = record.made(what or next(iter(record.operands), None))
    yield Sign(
        place=record.place,
        seen=f"`{record.failing.text}` asks for dimension {found[2]}. {has}{'' if what else ' has'}: {dims} dimension"
        f"{'s' if dims > 1 else ''}, 0 to {found[1]}.",
        instead=f"dim={found[1]} (or dim=-1, the last) here; or keep the dimension that is missing where the tensor "
        "is made",
        evidence=(f"`{what.text}.dim()` is {dims}",) if what else (f"PyTorch says: {record.message}",),
        also=(made.place,) if made and made.place != record.place else (),
    )


MISTAKE = Mistake(
    id="operations.no_such_dimension",
    code="",
    title="Every tensor has a dimension 1",
    see="“Dimension out of range (expected to be in range of [-1, 0], but got 1)”.",
    why="Dimensions are counted from 0, so a tensor of one dimension has only dimension 0. Often one got lost before: "
    "by an index, a `squeeze`, a sum, or a single sample without a batch.",
    instead="`x.shape` before this line; `dim=-1` for the last, or `x.unsqueeze(0)` for the batch that is missing",
    broken=broken,
    fixed=fixed,
    signs=signs,
    general=True,
)
