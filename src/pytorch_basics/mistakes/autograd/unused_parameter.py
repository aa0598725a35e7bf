"""A parameter that had no part in the loss has no gradient; code that goes over all parameters meets a None."""

# mypy: disable-error-code="no-untyped-call, operator, assignment"
# PyTorch declares no types for backward(), and `.grad` as maybe None; the programs below are shown to learners.

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.autograd import grad_of, grad_was_none
from pytorch_basics.mistakes.autograd.grad_before_backward import _backward_later
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lines import statement


def broken() -> object:
    parts = nn.ModuleDict({"used": nn.Linear(3, 1), "spare": nn.Linear(3, 1)})
    parts["used"](torch.rand(4, 3)).sum().backward()
    for p in parts.parameters():
        p.grad *= 0.5
    return parts


def fixed() -> object:
    parts = nn.ModuleDict({"used": nn.Linear(3, 1), "spare": nn.Linear(3, 1)})
    parts["used"](torch.rand(4, 3)).sum().backward()
    for p in parts.parameters():
        if p.grad is not None:
            p.grad *= 0.5
    return parts


def signs(record: Record) -> Iterator[Sign]:
    """The gradient of a watched leaf is None although ``backward()`` has run."""
    if not isinstance(record, FailureRecord) or not grad_was_none(record) or record.place is None:
        return
    found = grad_of(record)
    value = found[1].value if found else None
    if found is None or _backward_later(record.place) is not None:
        return
    if value is not None and not (value.tensor and value.leaf and value.requires_grad):
        return
    name, node = found[1].text, statement(record.place)
    line = ast.unparse(node) if node is not None and not hasattr(node, "body") else record.place.text
    in_loop = "for " in line or "]" in line
    shape = f" of shape {tuple(value.shape)}" if value is not None else ""
    yield Sign(
        place=record.place,
        seen=f"`{name}.grad` is None: this parameter{shape} had no part in the loss, so `backward()` gave it no "
        "gradient.",
        instead=f"`if {name}.grad is not None` for each" if in_loop else f"if {name}.grad is not None: {line}",
        evidence=(f"`{name}.grad` is None after `backward()`",),
    )


MISTAKE = Mistake(
    id="autograd.unused_parameter",
    code="",
    title="After backward() every parameter has a gradient",
    see="“unsupported operand type(s) for *=: 'NoneType' and 'float'”, or “'NoneType' object has no attribute "
    "'norm'”, in a loop "
    "over the parameters.",
    why="`backward()` goes from the loss to what it was computed from. A head that the loss does not use, a layer "
    "that the "
    "forward pass skips and a frozen parameter are not on the way; their `.grad` stays None.",
    instead="`if p.grad is not None:` in the loop; or the part into the loss, if it was to learn",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
