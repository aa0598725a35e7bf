"""A line computes something and throws it away: ``x - layer(x)`` was meant as ``x = layer(x)``."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_SLIPS = ("-", "+", "==")  # beside the = on a keyboard, or typed twice


def broken() -> object:
    layer, x = nn.Linear(8, 10), torch.rand(3, 8)
    x - layer(x)  # the mistake
    return x


def fixed() -> object:
    layer, x = nn.Linear(8, 10), torch.rand(3, 8)
    x = layer(x)
    return x  # noqa: RET504  # as in broken


def signs(record: Record) -> Iterator[Sign]:
    """The failing operator is the whole line, so nothing gets its result."""
    if not isinstance(record, FailureRecord) or record.frame is None or record.failing is None:
        return
    frame, step = record.frame, record.failing
    left, right = (*step.operands, None, None)[:2]
    alone = frame.place.text.split("#")[0].strip() == frame.text and frame.place.line == frame.last
    if not alone or step.called not in _SLIPS or left is None or right is None or not left.text.isidentifier():
        return
    yield Sign(
        place=frame.place,
        seen=f"`{frame.text}` computes a difference that nobody keeps, and the sizes do not fit for it: "
        f"{record.message.splitlines()[0]}"
        if step.called == "-"
        else f"`{frame.text}` computes something that nobody keeps: {record.message.splitlines()[0]}",
        instead=f"{left.text} = {right.text}",
        evidence=(f"the line holds `{step.called}` and no assignment",),
    )


MISTAKE = Mistake(
    id="operations.result_thrown_away",
    code="",
    title="The line does what I meant, not what it says",
    see="An error about sizes at a line that should only apply a layer; or no error, and the layer has no effect.",
    why="`x - layer(x)` is a subtraction whose result is thrown away. Only `=` gives a name a new value.",
    instead="`x = layer(x)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
