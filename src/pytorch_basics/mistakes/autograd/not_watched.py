"""Nothing on the way to the loss requires grad: a tensor that was never watched, or a model that is frozen as a
whole."""

# mypy: disable-error-code="no-untyped-call"
# PyTorch declares no types for backward().

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.mistakes.autograd import grad_of
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lost_history import MADE, Unwatched, cut, refused, unwatched


def broken() -> object:
    w, x = torch.zeros(3), torch.rand(4, 3)
    loss = (x @ w - 1).square().mean()
    loss.backward()
    return w.grad


def fixed() -> object:
    w, x = torch.zeros(3, requires_grad=True), torch.rand(4, 3)
    loss = (x @ w - 1).square().mean()
    loss.backward()
    return w.grad


def signs(record: Record) -> Iterator[Sign]:
    """``backward()`` found no history, and nothing behind the loss could have given it one; or ``w.grad`` is None."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    if not refused(record):
        yield from _no_gradient(record)
        return
    found = unwatched(record) if cut(record) is None else None
    if found is not None:
        yield _frozen(record, found) if found.frozen else _plain(record, found.name, found.step)


def _frozen(record: FailureRecord, found: Unwatched) -> Sign:
    place = record.place or found.place
    return Sign(
        place=found.place,
        seen=f"No parameter of `{found.layer}` requires grad: all are frozen, so the loss of line {place.line} has "
        "nothing to learn.",
        instead=f"`{found.text}` only for the layers that are to stay; requires_grad_(True) for those that learn",
        evidence=(f"`requires_grad` is False for every parameter of `{found.layer}`",),
        also=(place,) if place.line != found.place.line else (),
    )


def _plain(record: FailureRecord, name: str, made: Step | None) -> Sign:
    place = record.place
    assert place is not None
    assert made is not None
    return Sign(
        place=made.place,
        seen=f"`{name}` is made by `{made.text}` and does not require grad, so autograd does not watch it.",
        instead=f"{name} = {watched(made.text)}",
        evidence=(f"`{name}.requires_grad` is False",),
        also=(place,) if place.line != made.place.line else (),
    )


def watched(text: str) -> str:
    """The expression as one that makes a leaf that requires grad."""
    simple = re.fullmatch(r"torch\.(randn|rand|zeros|ones|tensor|full|empty)\((.*)\)", text)
    if simple and text.count("(") == text.count(")") and not re.search(r"\)\.", text):
        return f"{text[:-1]}, requires_grad=True)"
    return f"({text}).requires_grad_()" if re.search(r" [-+*/@] ", text) else f"{text}.requires_grad_()"


def _no_gradient(record: FailureRecord) -> Iterator[Sign]:
    """``.grad`` is None since the tensor does not require grad at all."""
    found = grad_of(record) if "NoneType" in record.message else None
    if found is None or found[1].value is None or not found[1].value.tensor or found[1].value.requires_grad:
        return
    made = next((s for s in record.origins(found[1]) if s.kind == "call" and s.bare in MADE), None)
    if made is not None:
        yield _plain(record, found[1].text, made)


MISTAKE = Mistake(
    id="autograd.not_watched",
    code="",
    title="PyTorch knows which tensors are to learn",
    see="`backward()` says that element 0 of tensors does not require grad; or `.grad` stays None.",
    why="Autograd records what is computed from tensors with `requires_grad=True`. Parameters of layers have it "
    "from the "
    "start; a tensor that you make has it only if you say so, and a frozen one no longer.",
    instead="`w = torch.zeros(3, requires_grad=True)`, or `nn.Parameter` in a model",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
