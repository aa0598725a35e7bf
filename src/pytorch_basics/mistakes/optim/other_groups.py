"""An optimizer's state is loaded into one that holds other parameters."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

GROUP = "doesn't match the size of optimizer's group"
GROUPS = "has a different number of parameter groups"


def broken() -> object:
    net = nn.Linear(3, 2)
    saved = torch.optim.Adam(net.parameters()).state_dict()
    optimizer = torch.optim.Adam([net.weight])
    optimizer.load_state_dict(saved)
    return optimizer


def fixed() -> object:
    net = nn.Linear(3, 2)
    saved = torch.optim.Adam(net.parameters()).state_dict()
    optimizer = torch.optim.Adam(net.parameters())
    optimizer.load_state_dict(saved)
    return optimizer


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words from ``optimizer.load_state_dict``; where this optimizer was made."""
    if not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    if GROUP not in record.message and GROUPS not in record.message:
        return
    step = record.failing
    held = next((a for a in step.operands if a.name == "self"), None)
    made = record.made(held)
    what = "another number of parameters" if GROUP in record.message else "another number of parameter groups"
    yield Sign(
        place=step.place,
        seen=f"`{step.text}`: the saved state belongs to an optimizer with {what} than this one"
        + (f", made by `{made.text}`." if made is not None else "."),
        instead="an optimizer made from the same parameters, in the same groups, as the one that was saved; or the "
        "weights alone, and a fresh "
        "optimizer",
        evidence=(f"PyTorch: {record.message.splitlines()[0]}",),
        also=(made.place,) if made is not None and made.place.line != step.place.line else (),
    )


MISTAKE = Mistake(
    id="optim.other_groups",
    code="",
    title="An optimizer's state fits any optimizer of its class",
    see="“loaded state dict contains a parameter group that doesn't match the size of optimizer's group”.",
    why="The state holds numbers for each parameter (Adam's averages) by its position in the optimizer. For other "
    "parameters, or other "
    "groups, there is no telling which number belongs to which.",
    instead="the optimizer made as it was when saved: same model, same layers frozen, same groups; then load",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
