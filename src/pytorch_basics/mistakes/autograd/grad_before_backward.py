"""``.grad`` is used before the first ``backward()``; until then it is None."""

# mypy: disable-error-code="no-untyped-call, union-attr, operator"
# PyTorch declares no types for backward(), and `.grad` as maybe None; the programs below are shown to learners.

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.autograd import grad_of, grad_was_none
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.feeding import calls_in
from pytorch_basics.mistakes.reading.lines import called, loops, statement


def broken() -> object:
    w = torch.ones(3, requires_grad=True)
    for _ in range(2):
        w.grad.zero_()
        w.square().sum().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
    return w


def fixed() -> object:
    w = torch.ones(3, requires_grad=True)
    for _ in range(2):
        w.square().sum().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
        w.grad.zero_()
    return w


def signs(record: Record) -> Iterator[Sign]:
    """The gradient of a watched leaf is None, and ``backward()`` comes only after this line."""
    if not isinstance(record, FailureRecord) or not grad_was_none(record) or record.place is None:
        return
    found = grad_of(record)
    value = found[1].value if found else None
    if found is None or (value is not None and not (value.tensor and value.leaf and value.requires_grad)):
        return
    later = _backward_later(record.place)
    if later is None:
        return
    name, node = found[1].text, statement(record.place)
    line = ast.unparse(node) if node is not None and not hasattr(node, "body") else record.place.text
    zeroes = ".zero_()" in line
    yield Sign(
        place=record.place,
        seen=f"`{name}.grad` is None here: the first `backward()`, which makes it, comes only at line {later.line}.",
        instead=f"`{line}` after the update, at the end of the loop; or `if {name}.grad is not None:` before it"
        if zeroes
        else f"`{line}` after line {later.line}",
        evidence=(f"`{name}.grad` is None, `{name}.requires_grad` is True",),
        also=(later,),
    )


def _backward_later(place: Place) -> Place | None:
    """The first ``backward()`` of this function, when all of them come after this line (in the same round of its
    loop)."""
    found = [where for where, node in calls_in(place) if called(node) == "backward"]
    around = loops(place)
    inside = [p for p in found if around and around[-1].lineno <= p.line <= (around[-1].end_lineno or 0)] or found
    return inside[0] if inside and all(p.line > place.line for p in found) else None


MISTAKE = Mistake(
    id="autograd.grad_before_backward",
    code="",
    title="A parameter has a gradient of zeros from the start",
    see="“'NoneType' object has no attribute 'zero_'” in the first round of the training loop.",
    why="`.grad` is None until the first `backward()` fills it; there is no tensor yet that one could set to zero.",
    instead="`w.grad.zero_()` at the end of the round, after the update; or `optimizer.zero_grad()`, which skips None",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
