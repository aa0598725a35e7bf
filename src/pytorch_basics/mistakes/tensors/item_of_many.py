"""``item()`` or ``float()`` is asked of a tensor of several numbers, often a loss that was not reduced."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import bound, called_as, sizes, written
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_REFUSAL = re.compile(r"a Tensor with (\d+) elements cannot be converted to Scalar|only one element tensors can be")
_ASKS = ("item", "float", "int", "format", "round")


def broken() -> object:
    criterion = nn.MSELoss(reduction="none")
    loss = criterion(torch.rand(4), torch.rand(4))
    return loss.item()


def fixed() -> object:
    criterion = nn.MSELoss()
    loss = criterion(torch.rand(4), torch.rand(4))
    return loss.item()


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words; the reduction that was switched off, where there is one."""
    if not isinstance(record, FailureRecord) or not _REFUSAL.search(record.message) or record.place is None:
        return
    step = record.failing
    if step is None or step.bare not in _ASKS:
        return
    what = next(iter(step.operands), None)
    shape = what.value.shape if what and what.value else None
    text = what.text if what else "x"
    unreduced = _unreduced(record, what)
    about = f"`{text}` has shape {sizes(shape)}" if shape else record.message
    yield Sign(
        place=unreduced.place if unreduced else record.place,
        seen=f"{about}, and `{step.text}` can give only one number."
        + (f" `{unreduced.text}` leaves one loss for each element." if unreduced else ""),
        instead=_without(unreduced) if unreduced else step.text.replace(text, f"{text}.mean()", 1),
        evidence=(f"`{text}.shape` is {sizes(shape)}",) if shape else (),
        also=(record.place,) if unreduced else (),
    )


def _unreduced(record: FailureRecord, what: Argument | None) -> Step | None:
    """The loss that was told ``reduction="none"``: its constructor, or its call."""
    for k, step in enumerate(record.origins(what)):
        told = [
            a for s in (step, *_constructors(record, step)) for a in s.operands if a.name in ("reduction", "reduce")
        ]
        if told:
            return next(s for s in (*_constructors(record, step), step) if any(a in told for a in s.operands))
        if k > 8:
            break
    return None


def _constructors(record: FailureRecord, step: Step) -> list[Step]:
    func = next((a for a in step.arguments if a.name == "func"), None)
    return [made for made in [record.made(func)] if made]


def _without(step: Step) -> str:
    kept = [written(a) for a in step.operands if a.name not in ("reduction", "reduce", "return", "self")]
    return bound(step, f"{called_as(step)}({', '.join(kept)})") + ", which takes the mean; or .mean() before .item()"


MISTAKE = Mistake(
    id="tensors.item_of_many",
    code="",
    title="item() gives the number that I mean",
    see="“a Tensor with 8 elements cannot be converted to Scalar”, or “only one element tensors can be converted to "
    "Python scalars” from `float(x)`.",
    why="`item()` and `float()` make a Python number of a tensor that holds one. A loss with "
    '`reduction="none"` holds one '
    "for each sample.",
    instead="`loss.mean().item()` for one number, `x.tolist()` for all of them",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
