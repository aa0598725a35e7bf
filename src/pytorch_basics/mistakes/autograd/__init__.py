"""Mistakes about gradients: those that the ``autograd`` and ``descent`` lessons teach, one file each.

What they share: how a rule reads which tensor PyTorch found changed, and what stands in front of ``.grad``.
"""

from __future__ import annotations

import re

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Shape, Step

_CHANGED = re.compile(r"\[torch\.\w*?\.?\w*Tensor \[([\d, ]*)\]\](?:, which is output \d+ of (\w+))?")


def changed_tensor(record: FailureRecord) -> tuple[Shape, str]:
    """The shape of the tensor that was changed in place, and the function that made it: ``relu``, "" for a leaf."""
    match = _CHANGED.search(record.message)
    if match is None:
        return (), ""
    shape = tuple(int(size) for size in match[1].split(",") if size.strip())
    return shape, re.sub(r"(Backward)?\d*$", "", match[2] or "").lower()


def changed_weight(record: FailureRecord) -> bool:
    """Whether the changed tensor is a parameter (or the transposed view of one that a layer makes)."""
    shape, maker = changed_tensor(record)
    if maker in ("", "asstrided", "t", "transpose"):
        return True
    shapes = {item.shape for step in record.steps for a in step.arguments if a.value for _, item in a.value.items}
    return maker in ("view", "permute") and shape in shapes


def grad_of(record: FailureRecord) -> tuple[Step | None, Argument] | None:
    """The step ``x.grad`` in the failing expression, where it was None, and ``x``."""
    if record.failing is None:
        return None
    for one in (record.failing, *(record.steps[k] for a in record.operands for k in a.steps)):
        if one.kind == "attribute" and one.bare == "grad" and one.arguments:
            return one, one.arguments[0]
    for a in record.operands:
        if a.text.endswith(".grad") and a.value is not None and a.value.kind == "none":
            return None, Argument("", a.text.removesuffix(".grad"))
    return None


def grad_was_none(record: FailureRecord) -> bool:
    """Whether Python complains of a None where ``.grad`` stands."""
    return (
        record.kind in ("TypeError", "AttributeError") and "NoneType" in record.message and grad_of(record) is not None
    )
