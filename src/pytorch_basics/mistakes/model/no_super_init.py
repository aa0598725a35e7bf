"""M2: ``super().__init__()`` is taken for a formality."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign

# The second: nothing was registered, so nothing complained until the module was used.
TOO_EARLY = re.compile(
    r"cannot assign (module|parameters?|buffer) before Module\.__init__\(\) call"
    r"|'(?!NoneType')\w+' object has no attribute '_(parameters|buffers|modules|non_persistent_buffers_set|\w*_hooks)'"
)
NO_BRACKETS = "descriptor '__init__' of 'super' object needs an argument"  # of ``super.__init__()``


class _WithoutSuper(nn.Module):
    def __init__(self) -> None:
        self.output = nn.Linear(2, 1)

    def forward(self, points: Tensor) -> Tensor:
        logits: Tensor = self.output(points)
        return logits


class _WithSuper(_WithoutSuper):
    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.output = nn.Linear(2, 1)


def broken() -> Answer:
    return Answer(given=_WithoutSuper()(torch.zeros(4, 2)).shape, expected=(4, 1))


def fixed() -> Answer:
    return Answer(given=_WithSuper()(torch.zeros(4, 2)).shape, expected=(4, 1))


def shown_by(evidence: Evidence) -> bool:
    """Something was assigned to a module, or asked of it, before it was set up."""
    if not isinstance(evidence, Raised):
        return False
    if evidence.kind == "TypeError":
        return evidence.message == NO_BRACKETS
    return evidence.kind == "AttributeError" and TOO_EARLY.match(evidence.message) is not None


def signs(record: Record) -> Iterator[Sign]:
    """The same words; the class whose ``__init__`` does not call ``super()``, and the line that came too early."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    brackets = record.kind == "TypeError" and record.message == NO_BRACKETS
    if not brackets and not (record.kind == "AttributeError" and TOO_EARLY.match(record.message)):
        return
    note = next((note for note in record.classes if note.init is not None), None)
    early = record.place.function.endswith("__init__")
    place = record.place if early or note is None or note.init is None else note.init
    name = note.name if note else "the class"
    first = note.init if note and note.init else record.place
    late = note is not None and note.super_called and not brackets
    yield Sign(
        place=place,
        seen=f"`__init__` of `{name}` {'uses the module before it calls' if late else 'does not call'} "
        f"`super().__init__()`; without it a module has no place for its layers (`{record.place.text}`).",
        instead="super().__init__() as the first line of `__init__`",
        evidence=(f"PyTorch says: {record.message}",),
        also=tuple(dict.fromkeys(p for p in (first, record.place) if p != place)),
    )


MISTAKE = Mistake(
    id="model.no_super_init",
    code="M2",
    title="nn.Module needs no setting up of its own",
    see='The error "cannot assign module before Module.__init__() call", or, when nothing was registered, the '
    "error that your object has no attribute `_modules`, `_parameters` or `_backward_hooks` as soon as you use it.",
    why="`nn.Module.__init__` makes the places where a module keeps its layers, parameters and buffers. Without "
    "that call they do not exist.",
    instead="`super().__init__()` as the first line of your `__init__`, with both pairs of brackets",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
