"""A model keeps a tensor as a plain attribute; ``model.to(device)`` leaves it where it is."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.device import apart, own_attribute
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


class _Shifted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.shift = torch.ones(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.shift


class _Registered(nn.Module):
    shift: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("shift", torch.ones(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.shift


def broken() -> object:
    model = _Shifted().to("meta")
    return model(torch.zeros(3, device="meta"))


def fixed() -> object:
    model = _Registered().to("meta")
    return model(torch.zeros(3, device="meta"))


def signs(record: Record) -> Iterator[Sign]:
    """The operand on the other device is an attribute that the model did not register."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    found = apart(record)
    if found is None or found.odd is None or not own_attribute(record, found.odd):
        return
    written = found.odd.text
    name = written.rpartition(".")[2]
    place = next((at for note in record.classes for attr, at, _ in note.assigned if attr == name), None)
    made = next(iter(record.origins(found.odd)), None)
    place = place or (made.place if made is not None else None)
    if place is None:
        return
    value = place.text.split("#")[0].partition("=")[2].strip() or "…"
    yield Sign(
        place=place,
        seen=f"`{written}` is a plain tensor on {found.device}; the model was moved to {found.wanted}, and `.to()` "
        "moves parameters and "
        "buffers only.",
        instead=f'{written.rpartition(".")[0]}.register_buffer("{name}", {value})',
        evidence=(f"`{written}.device` is {found.device}", f"`{name}` is not in `model.state_dict()`"),
        also=(record.place,) if record.place.line != place.line else (),
    )


MISTAKE = Mistake(
    id="device.plain_attribute",
    code="",
    title="model.to(device) moves everything in the model",
    see="“Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!”, from "
    "inside `forward`.",
    why="`.to(device)` goes over the model's parameters and buffers. A tensor that is only assigned to `self` is "
    "neither, so it stays, "
    "and `state_dict()` does not save it.",
    instead='`self.register_buffer("mask", torch.ones(3))`; `nn.Parameter` where it is to learn',
    broken=broken,
    fixed=fixed,
    signs=signs,
)
