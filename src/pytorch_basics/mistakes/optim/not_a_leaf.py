"""An optimizer is given a tensor that was computed: it has no gradient of its own to step with."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.mistakes.autograd.every_tensor_gets_grad import leaf
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

WORDS = "can't optimize a non-leaf Tensor"


def broken() -> object:
    w = torch.ones(3, requires_grad=True) * 0.1
    return torch.optim.SGD([w], lr=0.1)


def fixed() -> object:
    w = (torch.ones(3) * 0.1).requires_grad_()
    return torch.optim.SGD([w], lr=0.1)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words; the line that computed the tensor."""
    if not isinstance(record, FailureRecord) or WORDS not in record.message or record.place is None:
        return
    found = _computed(record)
    if found is None:
        return
    name, made, dtype = found
    yield Sign(
        place=made.place,
        seen=f"`{name}` is computed by `{made.text}`, so it is no leaf: `backward()` leaves no gradient in it, and "
        "an optimizer has nothing to "
        "step with.",
        instead=leaf(made, name, dtype)
        if "requires_grad" in made.text
        else f"{name} = {made.text}.detach().requires_grad_()",
        evidence=(f"`{name}.is_leaf` is False",),
        also=(record.place,) if record.place.line != made.place.line else (),
    )


def _computed(record: FailureRecord) -> tuple[str, Step, str] | None:
    for step in (record.failing, *record.origins(record.failing)):
        for a in step.arguments if step is not None else ():
            if a.value is not None and a.value.tensor and not a.value.leaf:
                made = record.made(a)
                if made is not None:
                    return a.text, made, a.value.dtype
    return None


MISTAKE = Mistake(
    id="optim.not_a_leaf",
    code="",
    title="Any tensor that requires grad can be optimized",
    see="“can't optimize a non-leaf Tensor”, from the optimizer's constructor.",
    why="`torch.ones(3, requires_grad=True) * 0.1`, `.to(device)` and `.double()` compute a new tensor; the leaf "
    "behind it gets the gradient. "
    "The optimizer steps leaves.",
    instead="all of the computing first, `requires_grad_()` last: `w = (torch.ones(3) * 0.1).requires_grad_()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
