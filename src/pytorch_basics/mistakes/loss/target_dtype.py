"""L3: the labels have another dtype than the loss wants."""

import re

import torch
from torch import nn

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

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
)
