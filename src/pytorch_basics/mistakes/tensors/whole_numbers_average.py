"""T3: a tensor of whole numbers is thought to do all that a tensor of floats does."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import bound, rewritten
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign

_REFUSALS = re.compile(
    r"could not infer output dtype.*Got: (Long|Int|Short|Char|Byte|Bool)"
    r"|expected input to have floating point or complex dtype but got (Long|Int|Short|Char|Byte|Bool)"
    r"|Expected a floating point or complex tensor as input. Got (Long|Int|Short|Char|Byte|Bool)"
    r"|[Oo]nly Tensors of floating point.* dtypes? can require gradients"
    r"|(std and var|std_mean|var_mean) only support floating point"
    r"|not implemented for '(Long|Int|Short|Char|Byte|Bool)'"
    r"|have the same dtype, but got:?.*\b(Long|Int|Short|Char|Byte|Bool|long int|int)\b"
)


def broken() -> Answer:
    x = torch.tensor([1, 2])
    return Answer(given=x.mean(), expected=torch.tensor(1.5), args=(x,))


def fixed() -> Answer:
    x = torch.tensor([1, 2])
    return Answer(given=x.float().mean(), expected=torch.tensor(1.5), args=(x,))


def shown_by(evidence: Evidence) -> bool:
    """PyTorch refused whole numbers, or an average of whole numbers has lost its fraction."""
    if isinstance(evidence, Raised):
        return bool(_REFUSALS.search(evidence.message))
    if not isinstance(evidence, Answer) or not any(_whole(value) for value in evidence.args):
        return False
    given, expected = _doubles(evidence.given), _doubles(evidence.expected)
    if given is None or expected is None or given.shape != expected.shape or torch.equal(given, expected):
        return False
    return torch.equal(given, expected.floor()) or torch.equal(given, expected.trunc())


def _whole(value: object) -> bool:
    return isinstance(value, torch.Tensor) and not value.is_floating_point() and not value.is_complex()


def _doubles(value: object) -> torch.Tensor | None:
    if isinstance(value, (int, float)):
        return torch.tensor(float(value), dtype=torch.float64)
    if not isinstance(value, torch.Tensor) or value.is_complex() or value.is_quantized:
        return None
    if value.device.type != "cpu" or value.layout is not torch.strided:
        return None
    return value.detach().double()


_ASKS = ("mean", "std", "var", "std_mean", "var_mean", "softmax", "log_softmax", "norm", "sigmoid", "requires_grad_")
_WHOLE_DTYPES = ("int64", "int32", "int16", "int8", "uint8", "bool")


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch refuses whole numbers, at a call of the learner's own on a tensor of them."""
    if not isinstance(record, FailureRecord) or not _REFUSALS.search(record.message) or record.place is None:
        return
    step = record.failing
    what = _whole_operand(step)
    data = step is not None and step.bare in ("tensor", "Parameter") and "equire gradients" in record.message
    if step is None or not (step.bare in _ASKS or data) or (what is None and not data and step.kind == "layer"):
        return
    got = re.search(r"Got:? (\w+)", record.message)
    dtype = what.value.dtype if what and what.value else got[1].lower() if got else "int64"
    text = what.text if what else step.text
    made = record.made(what)
    yield Sign(
        place=record.place,
        seen=f"`{text}` holds whole numbers ({dtype}), and "
        + ("a gradient is about fractions." if data else f"`{step.text}` needs fractions."),
        instead=bound(step, _floats(step, what)),
        evidence=(f"`{text}.dtype` is torch.{dtype}",) if what else (),
        also=(made.place,) if made and made.place != record.place else (),
    )


def _whole_operand(step: Step | None) -> Argument | None:
    operands = step.operands if step else ()
    known = [a for a in operands if a.value and a.value.tensor and a.value.dtype in _WHOLE_DTYPES]
    return next(iter(known or [a for a in operands if a.name == "self" and a.value is None]), None)


def _floats(step: Step, what: Argument | None) -> str:
    if step.bare in ("tensor", "Parameter") or what is None:
        return rewritten(step, 99, "dtype", "torch.float32")
    if f"({what.text})." in step.text:
        return step.text.replace(f"({what.text}).", f"({what.text}).float().", 1)
    inner = f"({what.text})" if " " in what.text and not what.text.startswith("(") else what.text
    return step.text.replace(what.text, f"{inner}.float()", 1)


MISTAKE = Mistake(
    id="tensors.whole_numbers_average",
    code="T3",
    title="Whole numbers can be averaged, and can have gradients",
    see="A RuntimeError that names `Long` (that is `int64`), or an average whose fraction is gone.",
    why="An average is a fraction, and a gradient is about tiny steps; an `int64` holds neither, and here"
    " PyTorch does not convert for you.",
    instead="`x.float().mean()`, or floats from the start: `torch.tensor([1.0, 2.0])`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
