"""``squeeze`` removes the batch as well when the batch holds one sample."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import RESHAPES, bound, sizes
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

# What PyTorch says to a tensor that has one dimension too few.
_TOO_FEW = re.compile(
    r"Dimension out of range|zero-dimensional tensor"
    r"|expected \w+ (?:or \w+ )?input \(got \dD input\)"
    r"|Expected .*D.* (?:input|tensor).*got"
    r"|Expected \d+-dimensional|expected \d+D"
    r"|too many indices"
    r"|must be (?:2D|3D|batched)|to be (?:2D|3D)|dimension"
)
_KEEPS = (*RESHAPES, "relu", "tanh", "sigmoid", "float", "softmax", "Linear", "ReLU", "Dropout", "Sequential", "sum")


def broken() -> object:
    pooled, norm = torch.rand(1, 8, 1, 1), nn.BatchNorm1d(8).eval()
    features = pooled.squeeze()
    return norm(features)


def fixed() -> object:
    pooled, norm = torch.rand(1, 8, 1, 1), nn.BatchNorm1d(8).eval()
    features = pooled.flatten(1)
    return norm(features)


def signs(record: Record) -> Iterator[Sign]:
    """A tensor has too few dimensions, and a squeeze of dimension 0 (or of all) lies behind it."""
    if not isinstance(record, FailureRecord) or not _TOO_FEW.search(record.message) or record.place is None:
        return
    for what in record.operands:
        shape = what.value.shape if what.value and what.value.tensor else None
        step = _squeeze(record, what, record.failing)
        if step is None or (shape is not None and len(shape) > 2):
            continue
        last = f", and `{what.text}` has shape {sizes(shape)}" if shape is not None else ""
        yield Sign(
            place=step.place,
            seen=f"`{step.text}` also removes the batch dimension when the batch holds one sample{last}.",
            instead=_instead(step),
            evidence=(f"PyTorch says: {record.message.splitlines()[0]}", "a batch of one has size 1 in dimension 0"),
            also=(record.place,),
        )
        return


def _squeeze(record: FailureRecord, what: Argument, failing: Step | None) -> Step | None:
    """The squeeze behind an operand that can have taken the batch."""
    for k, step in enumerate(record.origins(what)):
        if k > 14 or (
            step.bare not in _KEEPS and step.kind not in ("layer", "name", "return", "call", "in place", "list")
        ):
            return None
        if step is not failing and step.bare == "squeeze" and _can_take_batch(step):
            return step
        if step.bare in ("unsqueeze", "cat", "stack", "DataLoader"):
            return None
    return None


def _can_take_batch(step: Step) -> bool:
    dim = _dim(step)
    return dim is None or (dim.value is not None and dim.value.plain == 0)


def _dim(step: Step) -> Argument | None:
    return step.argument(0 if any(a.name == "self" for a in step.arguments) else 1, "dim")


def _instead(step: Step) -> str:
    given = next((a.text for a in step.operands if a.name != "return"), "x")
    if _dim(step) is not None:
        return f"{bound(step, given)}, without the squeeze (or squeeze the one dimension that is always 1)"
    return f"{bound(step, given)}.flatten(1), or .squeeze(-1) for the last dimension alone"


MISTAKE = Mistake(
    id="operations.squeeze_drops_batch",
    code="",
    title="squeeze() removes only the dimensions I do not need",
    see="All batches work but the last one, or a single picture: “Dimension out of range”, “expected 2D or 3D input "
    "(got 1D input)”.",
    why="`squeeze()` removes every dimension of size 1, and `squeeze(0)` the first one if its size is 1. In a batch "
    "of one sample the batch is such a dimension.",
    instead="`x.flatten(1)`, or `x.squeeze(-1)`: name the dimension to remove, never the batch",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
