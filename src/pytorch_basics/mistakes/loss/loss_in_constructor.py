"""A loss is constructed with the outputs and the labels, instead of called with them."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import bound, called_as, written
from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    outputs, wanted = torch.rand(4, 3), torch.rand(4, 3)
    return nn.MSELoss(outputs, wanted)


def fixed() -> object:
    outputs, wanted = torch.rand(4, 3), torch.rand(4, 3)
    return nn.MSELoss()(outputs, wanted)


def signs(record: Record) -> Iterator[Sign]:
    """The constructor of a loss got tensors (and PyTorch takes them for its old switches)."""
    if not isinstance(record, FailureRecord) or record.failing is None or record.place is None:
        return
    step = record.failing
    constructed = step.kind == "call" and step.bare.endswith("Loss") and step.called.startswith("nn.")
    tensors = [a for a in step.operands if a.name == "" and (a.value is None or a.value.tensor)]
    if not constructed or len(tensors) < 2 or "Boolean value of Tensor" not in record.message:
        return
    inside = ", ".join(written(a) for a in step.operands)
    yield Sign(
        place=record.place,
        seen=f"`{step.text}` makes a loss, with two tensors as its settings; it does not compute one.",
        instead=bound(step, f"{called_as(step)}()({inside})"),
        evidence=(f"`{step.called}` is a class: its brackets take settings such as reduction=…",),
    )


MISTAKE = Mistake(
    id="loss.loss_in_constructor",
    code="",
    title="nn.CrossEntropyLoss(outputs, labels) is the loss",
    see="“Boolean value of Tensor with more than one value is ambiguous”, at the line of the loss.",
    why="`nn.CrossEntropyLoss` is a class. Its first brackets make the object and take settings; the tensors go into "
    "the second ones.",
    instead="`nn.CrossEntropyLoss()(outputs, labels)`, or `F.cross_entropy(outputs, labels)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
