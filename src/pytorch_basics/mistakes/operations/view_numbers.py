"""``view`` or ``reshape`` is asked for a shape that holds another number of elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

import torch

from pytorch_basics.instruments.failure.reading import bound, sizes
from pytorch_basics.instruments.failure.record import FailureRecord, Shape
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_REFUSAL = re.compile(r"shape '\[([-\d, ]+)\]' is invalid for input of size (\d+)")


def broken() -> object:
    maps = torch.rand(6, 4, 5, 5)
    return maps.view(8, 100)


def fixed() -> object:
    maps = torch.rand(6, 4, 5, 5)
    return maps.view(6, -1)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words, with the shape that was asked for and the number of elements."""
    match = _REFUSAL.search(record.message) if isinstance(record, FailureRecord) else None
    if match is None or not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    asked, count = tuple(int(n) for n in match[1].split(",")), int(match[2])
    what = next((a for a in record.operands if a.name in ("self", "") and a.value and a.value.tensor), None)
    shape = what.value.shape if what and what.value else ()
    text = what.text if what else next((a.text for a in record.operands if a.name == "self"), "x")
    wanted = prod(n for n in asked if n != -1)
    has = f"`{text}` has shape {sizes(shape)}, {count} numbers" if shape else f"`{text}` has {count} numbers"
    asks = f"a multiple of {wanted}" if -1 in asked else f"{wanted}"
    yield Sign(
        place=record.place,
        seen=f"{has}; the shape {sizes(asked)} needs {asks}.",
        instead=bound(record.failing, _instead(text, shape, asked, count)),
        evidence=(f"{_product(asked)} = {wanted}, and there are {count}",),
        also=tuple(step.place for step in [record.made(what)] if step),
    )


def _instead(text: str, shape: Shape, asked: Shape, count: int) -> str:
    """Keep the batch where the shape was flattened; let PyTorch count where the batch was written as a number."""
    rest = prod(n for n in asked[1:] if n != -1)
    if asked[0] != -1 and -1 not in asked and rest and count % rest == 0:
        return f"{text}.view(-1, {', '.join(map(str, asked[1:]))})" if len(asked) > 1 else f"{text}.view(-1)"
    if len(asked) == 2 and len(shape) > 1:
        return f"{text}.flatten(1), of shape {sizes((shape[0], count // max(shape[0], 1)))}"
    return f"{text}.view(…) with sizes whose product is {count}"


def _product(asked: Shape) -> str:
    return " × ".join(str(n) for n in asked if n != -1)


MISTAKE = Mistake(
    id="operations.view_numbers",
    code="",
    title="view() gives any shape I ask for",
    see="“shape '[16, 400]' is invalid for input of size 5760”: often in the last batch, or after the size of the "
    "pictures has changed.",
    why="`view` and `reshape` only arrange the numbers that are there. The product of the new sizes must be the "
    "number of elements, and a batch size written as a number is wrong for the smaller last batch.",
    instead="`x.flatten(1)` or `x.view(x.size(0), -1)`: the batch as it is, and -1 for what PyTorch can count",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
