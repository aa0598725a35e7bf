"""A result is changed through ``.data``, where autograd does not see it."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import makers, sites, trained

SCALES = ("mul_", "div_", "__imul__", "__itruediv__", "pow_", "__ipow__", "true_divide_", "multiply_", "divide_")
BENDS = ("clamp_", "exp_", "sqrt_", "abs_", "neg_", "relu_", "tanh_", "sigmoid_", "clamp_min_", "clamp_max_")


def broken() -> Answer:
    w, x = torch.tensor([2.0], requires_grad=True), torch.tensor([5.0])
    y = w * x
    y.data *= 4
    y.sum().backward()
    return Answer(given=w.grad, expected=4 * x, args=(w, x))


def fixed() -> Answer:
    w, x = torch.tensor([2.0], requires_grad=True), torch.tensor([5.0])
    y = w * x
    y = y * 4
    y.sum().backward()
    return Answer(given=w.grad, expected=4 * x, args=(w, x))


def signs(record: Record) -> Iterator[Sign]:
    """A computed tensor with a history was changed in place through ``.data``, and went into a loss."""
    if not isinstance(record, RunRecord):
        return
    trains = trained(record)
    for k, site in sites(record, "data"):
        one = site.ins[0] if site.ins else None
        if one is None or one.leaf or not one.requires_grad or not set(makers(record, one)) & trains:
            continue
        for later in record.consumers[k]:
            change = record.sites[later]
            if change.bare in SCALES + BENDS:
                name = one.name or "y"
                yield Sign(
                    place=change.place,
                    seen=f"`{change.bare}` changed the numbers of `{name}` through `.data`: the gradient is still that "
                    "of the numbers before.",
                    instead=f"`{name} = {name} * …`, an ordinary operation on `{name}` itself",
                    evidence=(
                        f"line {change.place.line}: `{name}` was computed from parameters and goes into the loss; no "
                        "node of the graph stands for this change",
                    ),
                    sure=change.bare in SCALES,
                )


MISTAKE = Mistake(
    id="autograd.through_data",
    code="",
    title="A change through .data is part of the computation",
    see="No error. The numbers are right, and the gradient is that of the numbers before the change.",
    why="`.data` gives the same memory with no history. What is written there changes the tensor behind autograd's "
    "back: no node is made, and backward knows nothing of it.",
    instead="an ordinary operation, `y = y * 4`; `.data` (better: `torch.no_grad()`) only to change parameters",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
