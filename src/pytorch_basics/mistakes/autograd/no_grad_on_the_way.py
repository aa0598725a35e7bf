"""The forward pass of a loss runs under ``no_grad``, and ``backward()`` finds nothing recorded."""

# mypy: disable-error-code="no-untyped-call"
# PyTorch declares no types for backward().

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lost_history import cut, refused


def broken() -> object:
    net, x = nn.Linear(3, 1), torch.rand(4, 3)
    with torch.no_grad():
        loss = net(x).square().mean()
    loss.backward()
    return loss


def fixed() -> object:
    net, x = nn.Linear(3, 1), torch.rand(4, 3)
    loss = net(x).square().mean()
    loss.backward()
    return loss


def signs(record: Record) -> Iterator[Sign]:
    """A layer behind the loss ran inside ``with torch.no_grad()``, under its decorator, or after the switch."""
    if not isinstance(record, FailureRecord) or not refused(record) or record.place is None:
        return
    found = cut(record)
    if found is None or found.what != "no_grad":
        return
    switch = found.word == "set_grad_enabled"
    ran = f"`{found.step.text}`" if not switch else "The forward pass"
    yield Sign(
        place=found.place,
        seen=f"{ran} runs under `{found.text}`, where autograd records nothing; `backward()` at line "
        f"{record.place.line} has "
        "no way back.",
        instead="torch.set_grad_enabled(True) before the training"
        if switch
        else f"the computation of the loss outside of `{found.text}`; keep that for evaluation",
        evidence=("parameters require grad, and the loss does not",),
        also=tuple(p for p in (found.step.place, record.place) if p.line != found.place.line),
    )


MISTAKE = Mistake(
    id="autograd.no_grad_on_the_way",
    code="",
    title="no_grad is a harmless saving in training, too",
    see="`backward()` says that element 0 of tensors does not require grad and does not have a grad_fn.",
    why="Under `torch.no_grad()` (and `inference_mode`) no operation is recorded, whatever the parameters say. The "
    "loss is a "
    "number like any other, with nothing behind it.",
    instead="the forward pass and the loss outside of `no_grad`; only the evaluation, and updates by hand, inside",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
