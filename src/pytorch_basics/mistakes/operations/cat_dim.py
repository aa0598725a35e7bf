"""``torch.cat`` joins along another dimension than the one meant, and a layer after it finds the wrong size."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import bound, rewritten, sizes, straight
from pytorch_basics.instruments.failure.record import Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.model.no_flatten import linear

_CATS = ("cat", "concat", "concatenate")
_KEEPS = ("relu", "tanh", "sigmoid", "Dropout", "dropout", "ReLU", "contiguous", "float")


def broken() -> object:
    left, right, merge = torch.rand(4, 8), torch.rand(4, 8), nn.Linear(16, 2)
    both = torch.cat([left, right])
    return merge(both)


def fixed() -> object:
    left, right, merge = torch.rand(4, 8), torch.rand(4, 8), nn.Linear(16, 2)
    both = torch.cat([left, right], dim=1)
    return merge(both)


def signs(record: Record) -> Iterator[Sign]:
    """A Linear refuses rows that were stacked; side by side they have the size it wants."""
    found = linear(record)
    if found is None or found[0].failing is None:
        return
    failure, layer, arrives, wanted = found
    step = failure.failing
    line = straight(failure, step.argument(0, "input", "x") if step else None, _KEEPS)
    joined = line[-1] if line else None
    parts, odd = divmod(wanted, arrives.shape[-1])
    if joined is None or joined.bare not in _CATS or odd or parts < 2 or len(arrives.shape) < 2:
        return
    if arrives.shape[0] % parts or _count(joined) not in (None, parts) or failure.place is None:
        return
    one = (arrives.shape[0] // parts, *arrives.shape[1:])
    yield Sign(
        place=joined.place,
        seen=f"`{joined.text}` stacks {parts} tensors of shape {sizes(one)} into {sizes(arrives.shape)}: more rows, as "
        f"many features. `{layer.name}` wants {wanted} features: {parts} × {arrives.shape[-1]}, side by side.",
        instead=bound(joined, rewritten(joined, 1, "dim", "1" if len(one) == 2 else "-1")),
        evidence=(f"the joined tensor has shape {sizes(arrives.shape)}", f"`in_features` is {wanted}"),
        also=(failure.place,),
    )


def _count(joined: Step) -> int | None:
    """How many tensors were joined, where that is known."""
    first = joined.argument(0, "tensors")
    return first.value.length if first and first.value and first.value.length else None


MISTAKE = Mistake(
    id="operations.cat_dim",
    code="",
    title="torch.cat puts tensors side by side",
    see="The tensor after `torch.cat` has too many rows and too few features, and the next layer says “mat1 and mat2 "
    "shapes cannot be multiplied”.",
    why="`torch.cat` joins along dimension 0 unless you say otherwise: it puts samples under samples. The features of "
    "a sample are in dimension 1.",
    instead="`torch.cat([a, b], dim=1)` to join features, `dim=0` to join samples",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
