"""The calls of a GradScaler come in the wrong order or too often."""

# mypy: disable-error-code="no-untyped-call"
# PyTorch declares no types for backward().

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

WORDS: tuple[tuple[str, str, str], ...] = (
    (
        "unscale_() has already been called on this optimizer since the last update()",
        "the gradients of this step have been unscaled already",
        "unscale_(optimizer) once in a step, and scaler.update() after each scaler.step(optimizer)",
    ),
    (
        "step() has already been called since the last update()",
        "no update() came since the last step",
        "scaler.update() after each scaler.step(optimizer)",
    ),
    (
        "Attempted step but _scale is None",
        "the loss was never scaled",
        "scaler.scale(loss).backward() before scaler.step(optimizer)",
    ),
    (
        "No inf checks were recorded for this optimizer",
        "no scaled gradient reached the parameters of this optimizer",
        "scaler.scale(loss).backward() before scaler.step(optimizer), with a loss that uses this optimizer's "
        "parameters",
    ),
    (
        "unscale_() is being called after step()",
        "the step has been taken already",
        "scaler.unscale_(optimizer) before scaler.step(optimizer)",
    ),
    (
        "Attempting to unscale FP16 gradients",
        "the model itself was made half precision",
        "the model in float32; autocast casts what is safe",
    ),
)


def broken() -> object:
    w = torch.ones(3, requires_grad=True)
    optimizer, scaler = torch.optim.SGD([w], lr=0.1), torch.amp.GradScaler("cpu")
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    return w


def fixed() -> object:
    w = torch.ones(3, requires_grad=True)
    optimizer, scaler = torch.optim.SGD([w], lr=0.1), torch.amp.GradScaler("cpu")
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    return w


def signs(record: Record) -> Iterator[Sign]:
    """The words of a GradScaler."""
    if not isinstance(record, FailureRecord) or record.failing is None or record.place is None:
        return
    for words, why, instead in WORDS:
        if words in record.message:
            yield Sign(
                place=record.place,
                seen=f"`{record.failing.text}`: {why}.",
                instead=instead,
                evidence=(f"PyTorch: {record.message.splitlines()[0]}",),
            )
            return


MISTAKE = Mistake(
    id="optim.scaler_order",
    code="",
    title="A GradScaler's calls can come in any order",
    see="“unscale_() has already been called on this optimizer since the last update()”, “No inf checks were "
    "recorded for this optimizer”.",
    why="The scaler keeps book of each optimizer within a step: scaled, unscaled, stepped. `update()` starts a new "
    "page; a call out of turn "
    "would scale the gradients twice or not at all.",
    instead="`scaler.scale(loss).backward()`, `scaler.unscale_(optimizer)` if you clip, `scaler.step(optimizer)`, "
    "`scaler.update()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
