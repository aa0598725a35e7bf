"""L3: the labels have another dtype than the loss wants."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import behind, bound
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Value
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign

WHOLE = "(Long|Int|Short|Char|Byte|Bool)"
REFUSALS = re.compile(
    r"expected target dtype to be Long"
    r"|expected scalar type Long but found (Float|Double|Half|BFloat16)"
    rf"|Expected floating point type for target with class probabilities, got {WHOLE}"
    rf"|Found dtype {WHOLE} but expected (Float|Double)"
)
# BCEWithLogitsLoss has no words of its own; others say the same, so the line must speak of a loss.
GENERAL = re.compile(
    rf"result type (Float|Double) can't be cast to the desired output type {WHOLE}"
    r"|Subtraction, the `-` operator, with (two bool tensors|a bool tensor) is not supported"
)
A_LOSS = re.compile(r"loss|bce|cross_entropy|criterion", re.IGNORECASE)
IN_PLACE = re.compile(r"\.\w+[^_\W]_\(|[-+*/]=")  # x.add_(…), x += …


def broken() -> Answer:
    logits, labels = torch.tensor([2.0, -1.0, 3.0]), torch.tensor([1, 0, 1])
    loss = nn.BCEWithLogitsLoss()(logits, labels)
    return Answer(given=loss, expected=torch.tensor(0.1629257), args=(logits, labels))


def fixed() -> Answer:
    logits, labels = torch.tensor([2.0, -1.0, 3.0]), torch.tensor([1, 0, 1])
    loss = nn.BCEWithLogitsLoss()(logits, labels.float())
    return Answer(given=loss, expected=torch.tensor(0.1629257), args=(logits, labels))


def shown_by(evidence: Evidence) -> bool:
    """A loss refuses the dtype of its target."""
    if not isinstance(evidence, Raised):
        return False
    if REFUSALS.search(evidence.message):
        return True
    lines = [line for line in evidence.lines if A_LOSS.search(line)]
    in_place = any(IN_PLACE.search(line) for line in evidence.lines[-1:])
    return bool(GENERAL.search(evidence.message) and lines) and not in_place


_BACKWARD = ("backward", "_engine_run_backward")


def signs(record: Record) -> Iterator[Sign]:
    """A loss refuses the dtype of its target (``mse_loss`` only when it is differentiated)."""
    if not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    if REFUSALS.search(record.message) and record.call(*_BACKWARD):
        yield from _differentiated(record)
        return
    target, step = _target(record), record.failing
    if not (REFUSALS.search(record.message) or GENERAL.search(record.message)) or target is None:
        return
    bce = not record.call("cross_entropy", "nll_loss")
    if not target.floating and not bce and target.dtype == "int64":  # a row of 0 and 1 for each label: the shape
        return
    what = step.argument(1, "target")
    yield _sign(record, record.place, what, target, "float" if bce else "long")


def _target(record: FailureRecord) -> Value | None:
    names = ("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "mse_loss")
    call = record.call(*names)
    target = call.argument("target") if call else None
    if target is None and record.layer is not None and record.layer.kind.endswith("Loss"):
        target = dict(record.layer.inputs).get("target")
    return target if target is not None and target.tensor else None


def _sign(record: FailureRecord, failing: Place, what: Argument | None, target: Value, wanted: str) -> Sign:
    text, step = what.text if what else "labels", record.failing
    made = record.made(what)
    loss = record.layer.kind if record.layer else step.called if step else "the loss"
    inner = f"({text})" if " " in text and not text.startswith("(") else text
    call = (
        step.text.replace(text, f"{inner}.{wanted}()", 1)
        if step and step.text.count(text) == 1
        else f"{inner}.{wanted}()"
    )
    why = "its labels are probabilities" if wanted == "float" else "its labels are positions of classes"
    return Sign(
        place=failing,
        seen=f"The labels `{text}` are {target.dtype}; `{loss}` wants {'float32' if wanted == 'float' else 'int64'}: "
        f"{why}.",
        instead=bound(step, call) if step else call,
        evidence=(f"`{text}.dtype` is torch.{target.dtype}",),
        also=(made.place,) if made and made.place != failing else (),
    )


def _differentiated(record: FailureRecord) -> Iterator[Sign]:
    """The loss behind ``loss.backward()``, and the target that it was computed with."""
    first = next(iter(record.operands), None)
    loss = behind(record, first, "mse_loss", "l1_loss", "MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", within=8)
    what = loss.argument(1, "target") if loss else None
    if loss is None or what is None:
        return
    dtype = what.value.dtype if what.value else "int64"
    yield Sign(
        place=loss.place,
        seen=f"`{loss.text}` compares with `{what.text}`, which is {dtype}; its gradient would be {dtype} too.",
        instead=bound(loss, loss.text.replace(what.text, f"{what.text}.float()", 1)),
        evidence=(f"`{what.text}.dtype` is torch.{dtype}",),
        also=tuple(p for p in [record.place] if p),
    )


MISTAKE = Mistake(
    id="loss.target_dtype",
    code="L3",
    title="Labels are labels, whatever their dtype",
    see="BCE: “result type Float can't be cast to the desired output type Long”. Cross entropy: “expected target dtype "
    "to be Long or Byte, but got Float”.",
    why="For BCE a label is a probability to be reached, so it wants floats. For cross entropy it is the index of the "
    "right class, so it wants `int64` (PyTorch's other name: Long). Floats in the shape of the logits are legal there, "
    "and mean shares of the classes.",
    instead="`labels.float()` for BCE; `labels.long()` for cross entropy",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
