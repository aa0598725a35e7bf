"""``numpy()`` (or matplotlib, or ``np.array``) is asked of a tensor that belongs to a graph."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_GROWS = ("append", "extend", "insert")


def broken() -> object:
    w, losses = torch.ones(1, requires_grad=True), []
    for _ in range(3):
        loss = (w * 2).sum()
        losses.append(loss)
    return np.array([np.asarray(one) for one in losses])


def fixed() -> object:
    w, losses = torch.ones(1, requires_grad=True), []
    for _ in range(3):
        loss = (w * 2).sum()
        losses.append(loss.item())
    return np.array(losses)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words; where the tensor was kept in a list, that is the line to change."""
    if not isinstance(record, FailureRecord) or "numpy() on Tensor that requires grad" not in record.message:
        return
    step = record.failing
    if record.place is None or step is None:
        return
    kept = next((s for s in record.origins(step) if s.kind == "in place" and s.bare in _GROWS), None)
    stored = _stored(kept)
    if kept is not None and stored is not None:
        scalar = stored.value.shape == () if stored.value else stored.text.isidentifier()
        yield Sign(
            place=kept.place,
            seen=f"`{kept.text}` keeps the tensor with its graph; at line {record.place.line} NumPy cannot take it.",
            instead=kept.text.replace(f"({stored.text}", f"({stored.text}{'.item()' if scalar else '.detach()'}", 1),
            evidence=(f"`{stored.text}.requires_grad` is True",),
            also=(record.place,),
        )
        return
    yield Sign(
        place=record.place,
        seen=f"`{step.text}` makes an array of a tensor that requires grad; the array could not tell the graph of "
        "changes.",
        instead=_detached(step),
        evidence=tuple(f"`{a.text}.requires_grad` is True" for a in step.operands if a.value and a.value.requires_grad),
    )


def _stored(kept: Step | None) -> Argument | None:
    return next((a for a in kept.operands if a.name != "self"), None) if kept else None


def _detached(step: Step) -> str:
    if step.bare == "numpy":
        return f"{step.text.removesuffix('.numpy()')}.detach().numpy()"
    with_grad = next((a for a in step.operands if a.value and a.value.requires_grad), None)
    if with_grad is not None:
        return step.text.replace(with_grad.text, f"{with_grad.text}.detach()", 1)
    return "`.detach()` on the tensor before it gets here"


MISTAKE = Mistake(
    id="tensors.numpy_with_grad",
    code="",
    title="A tensor can become an array at any time",
    see="“Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.”",
    why="An array shares the tensor's memory and knows nothing of gradients, so PyTorch refuses while the tensor "
    "belongs to a graph. A list of such losses also keeps every graph alive.",
    instead="`loss.item()` for a number to keep, `x.detach().numpy()` for an array",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
