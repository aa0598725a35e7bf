"""A tensor of several numbers stands where Python wants one yes or no."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import sizes
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step, Value
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    guessed, labels = torch.tensor([1, 0, 1]), torch.tensor([1, 1, 1])
    return 1 if guessed == labels else 0


def fixed() -> object:
    guessed, labels = torch.tensor([1, 0, 1]), torch.tensor([1, 1, 1])
    return int((guessed == labels).sum())


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words at the learner's own line; a loss that got its tensors as settings is another mistake."""
    if not isinstance(record, FailureRecord) or "Boolean value of Tensor with" not in record.message:
        return
    frame, step = record.frame, record.failing
    if frame is None or any(call.bare == "__init__" for call in record.inner):
        return
    text = frame.text or frame.place.text
    compared = step is not None and step.kind == "compare" and step.called not in ("in", "is")
    many = _many(step)
    about = f", of shape {sizes(many[1].shape)}" if many and many[1].shape else ""
    yield Sign(
        place=frame.place,
        seen=f"`{text}` gives a tensor with one yes or no for each element{about}, and `if` (as `and`, `or`, `not`, "
        "`in`) needs exactly one.",
        instead=_instead(text, compared, step),
        evidence=(f"`{many[0].text}.shape` is {sizes(many[1].shape)}",) if many else (),
    )


def _many(step: Step | None) -> tuple[Argument, Value] | None:
    operands = step.operands if step else ()
    return next(((a, a.value) for a in operands if a.value and a.value.tensor and a.value.shape), None)


def _instead(text: str, compared: bool, step: Step | None) -> str:
    if compared and step is not None and step.called == "==":
        return f"({text}).sum() to count, ({text}).all() for all of them (torch.equal), ({text}).any() for one"
    if compared:
        return f"({text}).any() or ({text}).all()"
    if step is not None and step.called in ("and", "or", "not"):
        return _elementwise(step) + ", element by element; then .any() or .all()"
    if step is not None and step.called == "in":
        one, of = (a.text for a in step.operands[:2])
        return f"any({one} is x for x in {of}), or any(torch.equal({one}, x) for x in {of})"
    return (
        f"len({text}) > 0 for “is there any”, {text} is not None for “was it given”, {text}.any() for “is one not zero”"
    )


def _elementwise(step: Step) -> str:
    """``a > 0 and b > 0`` as ``(a > 0) & (b > 0)``."""
    parts = [a.text if a.text.startswith("(") else f"({a.text})" for a in step.operands]
    return {"and": " & ", "or": " | "}.get(step.called, "").join(parts) if len(parts) > 1 else f"~{parts[0]}"


MISTAKE = Mistake(
    id="tensors.truth_of_many",
    code="",
    title="if works on a tensor as on a number",
    see="“Boolean value of Tensor with more than one value is ambiguous”.",
    why="`a == b` compares element by element and gives a tensor of as many answers. `if` needs one, and PyTorch will "
    "not choose between “all” and “any”.",
    instead="`(a == b).sum()` to count, `.all()` or `.any()` for one answer, `torch.where` to choose element by "
    "element",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
