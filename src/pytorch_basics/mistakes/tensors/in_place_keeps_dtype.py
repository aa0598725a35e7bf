"""An in-place op would have to change the dtype of a tensor of whole numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_REFUSAL = re.compile(r"result type (\w+) can't be cast to the desired output type ([\w ]+)")


def broken() -> object:
    counts = torch.tensor([1, 2, 3])
    counts *= 0.5
    return counts


def fixed() -> object:
    counts = torch.tensor([1, 2, 3])
    return counts * 0.5


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words, at an op of the learner's that works in place."""
    match = _REFUSAL.search(record.message) if isinstance(record, FailureRecord) else None
    if match is None or not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    step = record.failing
    in_place = step.kind == "in place" or (step.bare.endswith("_") and not step.bare.endswith("__"))
    whole = next((a for a in step.operands if a.name in ("self", "")), None)
    if not in_place or whole is None:
        return
    dtype = whole.value.dtype if whole.value else match[2].replace("long int", "int64")
    other = _float(step, whole)
    yield Sign(
        place=record.place,
        seen=f"`{step.text}` writes into `{whole.text}`, which is {dtype}; the result is {match[1].lower()} "
        f"(`{other.text if other else step.text}` is), and what is written into must keep its dtype.",
        instead=_instead(step, whole, other),
        evidence=(f"`{whole.text}.dtype` is torch.{dtype}",),
        also=tuple(s.place for s in [record.made(other)] if s) if other else (),
    )


def _float(step: Step, whole: Argument) -> Argument | None:
    rest = [a for a in step.operands if a is not whole and a.name != "return"]
    known = [a for a in rest if a.value and (a.value.floating or isinstance(a.value.plain, float))]
    return next(iter(known or [a for a in rest if a.value is None]), None)


def _instead(step: Step, whole: Argument, other: Argument | None) -> str:
    if other is not None and not (other.value and isinstance(other.value.plain, float)):
        text = other.text if other.text.isidentifier() or other.text.endswith((")", "]")) else f"({other.text})"
        text = f"({other.text})" if " " in text and not text.startswith("(") else text
        return step.text.replace(other.text, f"{text}.to({whole.text}.dtype)", 1)
    if step.kind == "in place" and step.called.endswith("="):
        return f"{whole.text} = {step.text.replace(step.called, step.called.removesuffix('='), 1)}"
    return f"{whole.text} = {whole.text}.float(), before this line"


MISTAKE = Mistake(
    id="tensors.in_place_keeps_dtype",
    code="",
    title="x += 0.5 makes a float tensor of whole numbers",
    see="“result type Float can't be cast to the desired output type Long”.",
    why="An in-place op (`+=`, `add_`, `clamp_`) writes into the memory that is there, and its dtype stays. A "
    "fraction does not fit into int64, and PyTorch refuses rather than round it.",
    instead="`x = x + 0.5`, which makes a new tensor; or convert the other operand: `.to(x.dtype)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
