"""Two matrices are multiplied whose inner sizes differ, and another way to write the product fits."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import AXES, behind, sizes
from pytorch_basics.instruments.failure.record import FailureRecord, Shape
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    x, weight = torch.rand(5, 3), torch.rand(4, 3)
    return x @ weight


def fixed() -> object:
    x, weight = torch.rand(5, 3), torch.rand(4, 3)
    return x @ weight.T


def signs(record: Record) -> Iterator[Sign]:
    """A product of two tensors was refused, and another way to write it fits."""
    if not isinstance(record, FailureRecord) or record.failing is None or record.place is None:
        return
    step, pair = record.failing, [a for a in record.operands if a.value and a.value.tensor]
    if len(pair) != 2 or step.bare not in (*_PRODUCTS, "*", "mul", "linear") or not _REFUSALS.search(record.message):
        return
    a, b = (one.value.shape for one in pair if one.value)
    if step.bare in ("*", "mul") and not (len(a) == len(b) == 2 and a[1] == b[0]):  # broadcasting was meant
        return
    instead = _fitting(pair[0].text, a, pair[1].text, b)
    if not instead or (step.bare == "linear" and step.kind == "layer"):
        return
    turned = behind(record, pair[0], *AXES, within=3) or behind(record, pair[1], *AXES, within=3)
    inner = "" if step.bare in ("*", "mul") else f": {a[-1]} columns meet {b[-2] if len(b) > 1 else b[0]} rows"
    yield Sign(
        place=record.place,
        seen=f"`{step.text}` multiplies {sizes(a)} with {sizes(b)}{inner}.",
        instead=instead,
        evidence=(f"`{pair[0].text}.shape` is {sizes(a)}", f"`{pair[1].text}.shape` is {sizes(b)}"),
        also=(turned.place,) if turned else (),
    )


_REFUSALS = re.compile(r"shapes cannot be multiplied|size|same number of elements|does not broadcast")
_PRODUCTS = ("@", "matmul", "mm", "bmm", "mv", "dot", "addmm")


def _fitting(x: str, a: Shape, y: str, b: Shape) -> str:
    """The product that the shapes allow, as one writes it; empty where none does."""
    if len(a) > 1 and len(b) > 1:
        if a[-1] == b[-2]:
            return f"{x} @ {y}"
        if a[-1] == b[-1]:
            return f"{x} @ {y}.mT" if len(b) > 2 else f"{x} @ {y}.T"
        if a[-2] == b[-2]:
            return f"{x}.mT @ {y}" if len(a) > 2 else f"{x}.T @ {y}"
        return f"{y} @ {x}" if b[-1] == a[-2] else ""
    if len(a) == 2 and len(b) == 1 and a[0] == b[0] and a[1] != b[0]:
        return f"{x}.T @ {y}"
    if len(a) == 1 and len(b) == 2 and a[0] == b[1] and a[0] != b[0]:
        return f"{y} @ {x}"
    return ""


MISTAKE = Mistake(
    id="operations.matmul_sizes",
    code="",
    title="Two matrices can be multiplied in any order",
    see="“mat1 and mat2 shapes cannot be multiplied (5x3 and 4x3)”, “Expected size for first two dimensions of "
    "batch2”.",
    why="A matrix product sums over the last dimension of the first and the last but one of the second: `(n, k) @ (k, "
    "m)`. Weights are often stored as `(outputs, inputs)`.",
    instead="`x @ weight.T`, or `.mT` where there is a batch",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
