"""D1: ``x.to(device)`` is called on a tensor and its result is thrown away."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.device import apart, thrown_away
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    weights, x = torch.ones(3, device="meta"), torch.zeros(3)
    x.to("meta")
    return x + weights


def fixed() -> object:
    weights, x = torch.ones(3, device="meta"), torch.zeros(3)
    x = x.to("meta")
    return x + weights


def signs(record: Record) -> Iterator[Sign]:
    """The operand on the wrong device was moved on a line of its own, which kept nothing."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    found = apart(record)
    names = [found.odd.text] if found is not None and found.odd is not None else []
    names += [a.text for frame in record.frames if frame.step is not None for a in record.steps[frame.step].operands]
    if found is None:
        return
    for frame in reversed(record.frames):
        for name in dict.fromkeys(names):
            place = thrown_away(frame.place, name) if re.fullmatch(r"[\w.\[\]'\"]+", name) else None
            if place is not None:
                line = place.text.split("#")[0].strip()
                yield Sign(
                    place=place,
                    seen=f"`{line}` gives a copy on {found.wanted}, which nothing keeps; `{name}` itself stays on "
                    f"{found.device}.",
                    instead=f"{name} = {line}",
                    evidence=(f"`{name}.device` is {found.device}",),
                    also=(record.place,),
                )
                return


MISTAKE = Mistake(
    id="device.to_is_not_in_place",
    code="D1",
    title="x.to(device) moves the tensor x",
    see="“Expected all tensors to be on the same device”, although there is a line that moves the tensor.",
    why="`model.to(device)` moves a module's parameters in place; a tensor cannot move. `x.to(device)` gives a copy "
    "there, and `x` stays.",
    instead="`x = x.to(device)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
