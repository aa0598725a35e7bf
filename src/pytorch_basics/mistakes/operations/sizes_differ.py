"""Two tensors of sizes that do not broadcast meet in an elementwise op."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import bound, rewritten, sizes
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Shape, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_REFUSAL = re.compile(
    r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)"
)


def broken() -> object:
    rows, one_each = torch.rand(4, 3), torch.rand(4)
    return rows * one_each


def fixed() -> object:
    rows, one_each = torch.rand(4, 3), torch.rand(4)
    return rows * one_each.unsqueeze(1)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words, filled with the two tensors' names where they have some."""
    match = _REFUSAL.search(record.message) if isinstance(record, FailureRecord) else None
    if match is None or not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    a, b, dim = (int(group) for group in match.groups())
    shrinks = _convolution(record)
    if shrinks is not None:
        yield _padded(record, shrinks, a, b, dim)
        return
    pair = [arg for arg in record.operands if arg.value and arg.value.tensor][:2]
    shapes = [arg.value.shape for arg in pair if arg.value]
    named = " and ".join(f"`{arg.text}` of shape {sizes(shape)}" for arg, shape in zip(pair, shapes, strict=True))
    yield Sign(
        place=record.place,
        seen=f"`{record.failing.text}` joins {named or 'two tensors'}: in dimension {dim} one has {a} and the other "
        f"{b}, "
        "and only a size of 1 can be stretched.",
        instead=_instead(pair, dim) or "print both shapes before this line, and give one a size of 1 where they differ",
        evidence=tuple(f"`{arg.text}.shape` is {sizes(s)}" for arg, s in zip(pair, shapes, strict=True)),
        also=tuple(dict.fromkeys(step.place for arg in pair for step in [record.made(arg)] if step)),
    )


def _convolution(record: FailureRecord) -> Step | None:
    """A convolution without padding among the two: what it gives is smaller than what it was given."""
    for argument in record.operands:
        for _, step in zip(range(6), record.origins(argument), strict=False):
            func = next((a for a in step.arguments if a.name == "func"), None)
            made = record.made(func) if step.bare.startswith("Conv") else None
            if made is not None and func is not None and func.value and func.value.setting("padding") in ((0,), (0, 0)):
                return made
    return None


def _padded(record: FailureRecord, conv: Step, a: int, b: int, dim: int) -> Sign:
    failing = record.failing
    return Sign(
        place=conv.place,
        seen=f"`{conv.text}` has no padding and makes pictures smaller: {max(a, b)} became {min(a, b)} in dimension "
        f"{dim}, and "
        f"`{failing.text if failing else ''}` adds the two.",
        instead=bound(conv, rewritten(conv, 99, "padding", '"same"')),
        evidence=(f"PyTorch says: {record.message}",),
        also=(record.place,) if record.place else (),
    )


def _instead(pair: list[Argument], dim: int) -> str:
    """The unsqueeze, the transpose or the slice that would make the two fit, if there is one."""
    if len(pair) != 2 or pair[0].value is None or pair[1].value is None:
        return ""
    (x, a), (y, b) = ((arg.text, arg.value.shape) for arg in pair if arg.value)
    for short, few, many in ((y, b, a), (x, a, b)):
        if 0 < len(few) < len(many) and few == many[: len(few)]:
            return f"{short}.reshape({', '.join(['-1', *['1'] * (len(many) - len(few))])})" if len(few) == 1 else ""
    if len(a) == len(b) == 2 and a == b[::-1]:
        return f"{y}.T in place of {y}"
    return _shortened(x, a, y, b, dim)


def _shortened(x: str, a: Shape, y: str, b: Shape, dim: int) -> str:
    """A table of positions that is longer than the sequence."""
    if len(a) == len(b) and b[0] == 1 and 0 < dim < len(b) and b[dim] > a[dim]:
        return f"{y}[{', '.join([':'] * dim)}, :{x}.size({dim})] in place of {y}"
    return ""


MISTAKE = Mistake(
    id="operations.sizes_differ",
    code="",
    title="Tensors of any sizes can be added, multiplied and compared",
    see="“The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1”.",
    why="An elementwise op lines the shapes up from the right. Two sizes fit when they are equal or one is 1; `(4, "
    "3)` and `(4,)` do not: the 4 stands under the 3.",
    instead="`y.unsqueeze(1)` to make `(4, 1)` of `(4,)`; for a residual the same sizes on both branches",
    broken=broken,
    fixed=fixed,
    signs=signs,
    general=True,
)
