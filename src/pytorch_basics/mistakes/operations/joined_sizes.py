"""``torch.cat`` or ``torch.stack`` is given tensors whose sizes do not agree."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import rewritten, sizes
from pytorch_basics.instruments.failure.record import FailureRecord, Shape, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.operations import squeeze_drops_batch

_JOINS = ("cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack")
_REFUSALS = re.compile(
    r"Sizes of tensors must match except in dimension|stack expects each tensor to be equal size"
    r"|Tensors must have same number of dimensions|zero-dimensional tensor .* cannot be concatenated"
)


def broken() -> object:
    texts, numbers = torch.rand(4, 8), torch.rand(4, 3)
    return torch.cat([texts, numbers])


def fixed() -> object:
    texts, numbers = torch.rand(4, 8), torch.rand(4, 3)
    return torch.cat([texts, numbers], dim=1)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words at a call of the learner's own (not in a loader's collate)."""
    if not isinstance(record, FailureRecord) or not _REFUSALS.search(record.message) or record.place is None:
        return
    step = record.failing
    squeezed = next(squeeze_drops_batch.signs(record), None)
    if step is None or step.bare not in _JOINS or squeezed is not None:
        return
    shapes = _shapes(record, step)
    listed = ", ".join(map(sizes, shapes[:6])) if shapes else "tensors of different sizes"
    first = step.argument(0, "tensors")
    yield Sign(
        place=record.place,
        seen=f"`{step.text}` is given {listed}: {record.message.splitlines()[0].rstrip('.')}.",
        instead=_instead(step, shapes),
        evidence=(f"the shapes are {listed}",) if shapes else (),
        also=tuple(s.place for s in [record.made(first)] if s and s.place != record.place),
    )


def _shapes(record: FailureRecord, step: Step) -> list[Shape]:
    """The shapes of what was joined, from the list itself or from the elements written in the call."""
    first = step.argument(0, "tensors")
    if first is None:
        return []
    if first.value is not None and first.value.items:
        return [value.shape for _, value in first.value.items if value.tensor]
    made = record.made(first)
    parts = made.operands if made is not None and made.kind == "list" else ()
    values = [arg.value for arg in parts if arg.value is not None and arg.value.tensor]
    return [value.shape for value in values] if len(values) == len(parts) else []


def _instead(step: Step, shapes: list[Shape]) -> str:
    if shapes and all(shape == () for shape in shapes):
        return rewritten(step, 0, "tensors", _text(step)).replace(".cat(", ".stack(", 1)
    fitting = _dimension(shapes)
    if fitting is not None and step.bare in ("cat", "concat", "concatenate", "stack"):
        call = rewritten(step, 1, "dim", str(fitting))
        return call.replace(".stack(", ".cat(", 1)
    if len({len(shape) for shape in shapes}) > 1:
        return "unsqueeze() those that have a dimension too few, then join"
    return "sequences: torch.nn.utils.rnn.pad_sequence(…, batch_first=True); pictures: one size for all, then join"


def _text(step: Step) -> str:
    first = step.argument(0, "tensors")
    return first.text if first else "tensors"


def _dimension(shapes: list[Shape]) -> int | None:
    """The only dimension in which they differ, so that they can be joined along it."""
    if len(shapes) < 2 or len({len(shape) for shape in shapes}) != 1:
        return None
    differ = [k for k in range(len(shapes[0])) if len({shape[k] for shape in shapes}) > 1]
    return differ[0] if len(differ) == 1 and len(shapes[0]) > 1 else None


MISTAKE = Mistake(
    id="operations.joined_sizes",
    code="",
    title="cat and stack join tensors of any sizes",
    see="“Sizes of tensors must match except in dimension 0”, “stack expects each tensor to be equal size”.",
    why="`torch.cat` joins along one existing dimension, and all other sizes must be equal. `torch.stack` makes a new "
    "dimension, and all sizes must be equal.",
    instead="`dim=` the one in which they differ; `pad_sequence` for sequences of several lengths",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
