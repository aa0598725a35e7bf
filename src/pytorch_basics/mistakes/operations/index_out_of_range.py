"""A position is asked for that a dimension does not have."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import behind, numbers, sizes
from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    scores, order = torch.rand(3), torch.tensor([1, 2, 3])
    return scores[order]


def fixed() -> object:
    scores, order = torch.rand(3), torch.tensor([1, 2, 3])
    return scores[order - 1]


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words: the position, the dimension and its size."""
    if not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    found = numbers(r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)", record.message)
    if len(found) != 3:
        return
    what = next((a for a in record.operands if a.value and a.value.tensor), None)
    shape = f" `{what.text}` has shape {sizes(what.value.shape)}." if what and what.value else ""
    made = record.made(record.operands[-1]) if record.operands else None
    drawn = behind(record, record.operands[-1], "randperm") if len(record.operands) > 1 else None
    if drawn is not None and what is not None and what.value and what.value.shape and found[1] == 0:
        yield Sign(
            place=drawn.place,
            seen=f"`{drawn.text}` draws the positions for more rows than `{what.text}` has: it asks for {found[0]}, "
            f"and {found[2] - 1} is the last.",
            instead=f"torch.randperm(len({what.text}))",
            evidence=(f"`{what.text}` has shape {sizes(what.value.shape)}",),
            also=(record.place,),
        )
        return
    yield Sign(
        place=record.place,
        seen=f"`{record.failing.text}` wants position {found[0]} in dimension {found[1]}, which has {found[2]}: 0 to "
        f"{found[2] - 1}.{shape}",
        instead=f"a position from 0 to {found[2] - 1}"
        + (f"; {found[0]} would be the last, if you count from 1" if found[0] == found[2] else ""),
        evidence=(f"the size of dimension {found[1]} is {found[2]}",),
        also=(made.place,) if made and made.place != record.place else (),
    )


MISTAKE = Mistake(
    id="operations.index_out_of_range",
    code="",
    title="The last position is the size",
    see="“index 3 is out of bounds for dimension 0 with size 3”.",
    why="Positions are counted from 0: a dimension of size 3 has the positions 0, 1 and 2 (and -1 for the last).",
    instead="`x[-1]` for the last, `index - 1` for positions that count from 1",
    broken=broken,
    fixed=fixed,
    signs=signs,
    general=True,
)
