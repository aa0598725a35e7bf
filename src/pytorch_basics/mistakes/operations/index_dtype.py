"""Floats are used as indices: in ``scatter_``, ``gather``, ``x[i]``, ``one_hot`` or an embedding."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import bound
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.tensors.dtypes_meet import maker

_REFUSALS = re.compile(
    r"Expected dtype int32(?:/| or )int64 for index|tensors used as indices must be"
    r"|only applicable to index tensor of type LongTensor|argument #\d 'indices' to have one of the following"
)


def broken() -> object:
    labels = torch.tensor([2.0, 0.0, 1.0])
    return torch.zeros(3, 4).scatter_(1, labels.unsqueeze(1), 1.0)


def fixed() -> object:
    labels = torch.tensor([2.0, 0.0, 1.0]).long()
    return torch.zeros(3, 4).scatter_(1, labels.unsqueeze(1), 1.0)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch wants whole numbers for an index, and an operand holds floats."""
    if not isinstance(record, FailureRecord) or not _REFUSALS.search(record.message) or record.place is None:
        return
    what, source = _index(record)
    inside = _inside(record, what, source) if source is not None else None
    source = inside or source
    if what is None:
        return
    value = what.value
    dtype = value.dtype if value else "not of whole numbers"
    text = what.text
    yield Sign(
        place=source.place if source else record.place,
        seen=f"`{text}` serves as an index and is {dtype}; an index must be int64 (PyTorch's other name: Long).",
        instead=bound(source, _long(source)) if source else f"{text}.long()",
        evidence=(f"`{text}.dtype` is torch.{dtype}",) if value else (),
        also=(record.place,) if source and source.place != record.place else (),
    )


def _index(record: FailureRecord) -> tuple[Argument | None, Step | None]:
    """The operand of floats, and the step that bound it to a name."""
    candidates = [a for a in record.operands if a.name not in ("self", "return")]
    if record.failing is not None and record.failing.kind == "subscript":
        candidates = candidates[1:]
    for what in candidates:
        if what.value is not None and what.value.tensor and what.value.dtype.startswith(("float", "double", "bfloat")):
            return what, _named(record, what)
    unknown = [a for a in candidates if a.value is None and a.steps]
    for what in unknown:
        for step in record.origins(what):
            if step.value is not None and step.value.floating:
                return Argument(what.name, step.name or what.text, step.value, what.steps), step if step.name else None
    return next(iter(unknown), None), None


def _inside(record: FailureRecord, what: Argument | None, source: Step) -> Step | None:
    """Of what a function of the learner's own gave back, the step in it that made the numbers."""
    if what is None or all(a.name != "return" for a in source.operands):
        return None
    made = maker(record, what)
    return made if made is not None and made.kind == "call" else None


def _long(step: Step) -> str:
    """The same, as whole numbers: without the dtype that it names, or with ``.long()``."""
    told = next((a for a in step.operands if a.name == "dtype"), None)
    return step.text.replace(told.text, "torch.long", 1) if told is not None else f"{step.text}.long()"


def _named(record: FailureRecord, what: Argument) -> Step | None:
    step = record.made(what)
    return step if step is not None and step.name == what.text and step.kind not in ("loop", "in place") else None


MISTAKE = Mistake(
    id="operations.index_dtype",
    code="",
    title="A whole number is a whole number, whatever its dtype",
    see="“scatter(): Expected dtype int32/int64 for index”, “tensors used as indices must be long, int, byte or bool”.",
    why="A position is a whole number, and PyTorch takes only an integer dtype for one: 3.0 is refused. A column cut "
    "from a table of floats is float32, labels too.",
    instead="`.long()` where the index is made",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
