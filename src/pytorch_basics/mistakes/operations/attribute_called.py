"""What a tensor knows of itself is called like a function: ``x.shape(0)``, ``x.dtype()``, ``x.T()``."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    x = torch.rand(4, 3)
    return x.shape(0)  # type: ignore[operator]  # the mistake


def fixed() -> object:
    x = torch.rand(4, 3)
    return x.shape[0]


def signs(record: Record) -> Iterator[Sign]:
    """The call of something that a tensor has under this name and that cannot be called."""
    if not isinstance(record, FailureRecord) or record.failing is None or record.place is None:
        return
    step = record.failing
    if record.kind != "TypeError" or "object is not callable" not in record.message or step.kind != "call":
        return
    given = step.operands[0] if step.operands and step.operands[0].name == "self" else None
    if given is None or not (step.called.startswith("Tensor.") or (given.value is not None and given.value.tensor)):
        return
    if not hasattr(torch.Tensor, step.bare) or callable(getattr(torch.Tensor, step.bare)):
        return
    asked = ", ".join(a.text for a in step.operands[1:])
    what = f"{given.text}.{step.bare}"
    yield Sign(
        place=record.place,
        seen=f"`{what}` is an attribute: it is there without a call, and what it holds cannot be called.",
        instead=f"{what}[{asked}]" if asked and step.bare == "shape" else what,
        evidence=(f"Python: {record.message}",),
    )


MISTAKE = Mistake(
    id="operations.attribute_called",
    code="",
    title="Everything that a tensor knows is asked with brackets",
    see="“TypeError: 'torch.Size' object is not callable”.",
    why="`shape`, `dtype`, `device`, `T`, `grad` and `ndim` are attributes; `size()`, `dim()`, `numel()` and `t()` are "
    "methods. Brackets after an attribute call what it holds.",
    instead="`x.shape[0]` or `x.size(0)`; `x.dtype`; `x.T` or `x.t()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
