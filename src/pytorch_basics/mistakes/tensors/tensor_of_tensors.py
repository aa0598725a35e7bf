"""``torch.tensor`` is given a list of tensors."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import bound, sizes
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Shape
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_MAKERS = ("tensor", "as_tensor", "Tensor", "FloatTensor", "LongTensor", "array", "asarray")


def broken() -> object:
    rows = [torch.rand(3), torch.rand(3)]
    return torch.tensor(rows)


def fixed() -> object:
    rows = [torch.rand(3), torch.rand(3)]
    return torch.stack(rows)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words, from a call that makes a tensor of a list."""
    if not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    refused = "only one element tensors can be converted" in record.message or "converted to Scalar" in record.message
    refused = refused or "can be converted to an index" in record.message
    step = record.failing
    if not refused or step.bare not in _MAKERS:
        return
    what = step.argument(0, "data")
    if what is None:
        return
    shapes = _shapes(record, what)
    listed = f"{len(shapes)} tensors, the first of shape {sizes(shapes[0])}" if shapes else "tensors of several numbers"
    same = len(set(shapes)) <= 1
    dtype = next((a.text for a in step.operands if a.name == "dtype"), "")
    cast = {"torch.float": ".float()", "torch.float32": ".float()", "torch.long": ".long()", "torch.int64": ".long()"}
    call = f"torch.stack({what.text}){cast.get(dtype, f'.to({dtype})' if dtype else '')}"
    pad = f"torch.nn.utils.rnn.pad_sequence({what.text}, batch_first=True)"
    yield Sign(
        place=record.place,
        seen=f"`{step.text}` is given {listed}; it makes a tensor of numbers, and takes a tensor in a list only if "
        "that holds one.",
        instead=bound(step, call if same else pad),
        evidence=(f"`{what.text}[0].shape` is {sizes(shapes[0])}",) if shapes else (),
        also=tuple(s.place for s in [record.made(what)] if s and s.place != record.place),
    )


def _shapes(record: FailureRecord, what: Argument) -> list[Shape]:
    items = what.value.items if what.value else ()
    return [value.shape for _, value in items if value.tensor]


MISTAKE = Mistake(
    id="tensors.tensor_of_tensors",
    code="",
    title="torch.tensor makes one tensor of a list of tensors",
    see="“only one element tensors can be converted to Python scalars”.",
    why="`torch.tensor` reads numbers, also from nested lists, one by one. A tensor in the list is taken for one "
    "number, which works only if it holds one (and loses its gradient).",
    instead="`torch.stack(tensors)` for a new dimension, `torch.cat(tensors)` along one that is there",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
