"""An optimizer gets an iterator that has already been used up."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import bound
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.empty_optimizer import empty_list, used_up


def broken() -> object:
    model = nn.Linear(4, 2)
    weights = filter(lambda p: p.requires_grad, model.parameters())
    print("to train:", sum(p.numel() for p in weights))
    return torch.optim.SGD(weights, lr=0.1)


def fixed() -> object:
    model = nn.Linear(4, 2)
    weights = [p for p in model.parameters() if p.requires_grad]
    print("to train:", sum(p.numel() for p in weights))
    return torch.optim.SGD(weights, lr=0.1)


def signs(record: Record) -> Iterator[Sign]:
    """The optimizer's argument is a name that holds an iterator: something has used it before."""
    found = empty_list(record)
    made = used_up(*found) if found else None
    if found is None or made is None or found[1] is None or found[0].place is None:
        return
    yield Sign(
        place=made.place,
        seen=f"`{found[1].text}` is an iterator, of `{made.text}`: it can be gone through once. Something between "
        "here and "
        f"line {found[0].place.line} has done so, and nothing is left for the optimizer.",
        instead=bound(made, f"list({made.text})"),
        evidence=(f"`list({found[1].text})` is [] at line {found[0].place.line}",),
        also=(found[0].place,),
    )


MISTAKE = Mistake(
    id="model.used_generator",
    code="",
    title="parameters() and filter() give a list",
    see="“optimizer got an empty parameter list”, although the model has parameters: they were counted or printed "
    "before.",
    why="`filter`, `map` and `model.parameters()` give iterators: they hand out their elements once. Counting the "
    "numbers of weights uses them up.",
    instead="`weights = [p for p in model.parameters() if p.requires_grad]`, a list, which can be gone through again",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
