"""``BCELoss`` is given numbers outside of 0 to 1: raw outputs, or labels that are no probabilities."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import bound, called_as, constructor, tensor
from pytorch_basics.instruments.failure.record import FailureRecord, Value
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    outputs, labels = torch.tensor([2.0, -1.0, 3.0]), torch.tensor([1.0, 0.0, 1.0])
    return nn.BCELoss()(outputs, labels)


def fixed() -> object:
    outputs, labels = torch.tensor([2.0, -1.0, 3.0]), torch.tensor([1.0, 0.0, 1.0])
    return nn.BCEWithLogitsLoss()(outputs, labels)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words, of the input or of the target."""
    if not isinstance(record, FailureRecord) or "should be between 0 and 1" not in record.message:
        return
    if "of target" in record.message:
        yield from _target(record)
    else:
        yield from _outputs(record)


def _outputs(record: FailureRecord) -> Iterator[Sign]:
    step, made = record.failing, constructor(record, record.layer)
    if record.place is None or step is None:
        return
    given, outputs = step.argument(0, "input"), tensor(record, "input")
    text = given.text if given else "the output"
    spread = _spread(outputs)
    instead = "F.binary_cross_entropy_with_logits in place of F.binary_cross_entropy, or a sigmoid on the input"
    if made is not None:
        instead = bound(made, made.text.replace("BCELoss", "BCEWithLogitsLoss"))
    elif step.bare == "binary_cross_entropy":
        instead = bound(step, step.text.replace("binary_cross_entropy", "binary_cross_entropy_with_logits", 1))
    yield Sign(
        place=made.place if made else record.place,
        seen=f"`{text}` holds {spread}: raw scores. `{called_as(made) if made else step.bare}` wants probabilities.",
        instead=instead,
        evidence=(f"`{text}` holds {spread}",),
        also=(record.place,) if made else (),
    )


def _target(record: FailureRecord) -> Iterator[Sign]:
    step, labels = record.failing, tensor(record, "target")
    what = step.argument(1, "target") if step else None
    made = record.made(what)
    if record.place is None or labels is None:
        return
    text = what.text if what else "the target"
    pair = (labels.low or 0.0, labels.high or 0.0, labels.distinct or 0)
    mapped = {(-1.0, 1.0, 2): f"({text} + 1) / 2", (1.0, 2.0, 2): f"{text} - 1", (0.0, 255.0, 2): f"{text} / 255"}
    yield Sign(
        place=record.place,
        seen=f"The labels `{text}` hold {_spread(labels)}; for BCE a label is a probability, 0 or 1 (or between).",
        instead=step.text.replace(text, mapped.get(pair, f"{text} as 0 and 1"), 1) if step else "labels of 0 and 1",
        evidence=(f"`{text}.min(), {text}.max()` is {labels.low:g}, {labels.high:g}",),
        also=(made.place,) if made and made.place != record.place else (),
    )


def _spread(value: Value | None) -> str:
    if value is None or value.low is None or value.high is None:
        return "numbers outside of 0 to 1"
    return f"numbers from {value.low:.3g} to {value.high:.3g}"


MISTAKE = Mistake(
    id="loss.bce_wants_probabilities",
    code="",
    title="BCELoss takes what the last layer gives",
    see="“all elements of input should be between 0 and 1”.",
    why="`nn.BCELoss` takes the logarithm of its input, which must be a probability. A linear layer gives any number.",
    instead="`nn.BCEWithLogitsLoss()`, which has the sigmoid inside and is exact where a sigmoid rounds to 0 or 1",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
