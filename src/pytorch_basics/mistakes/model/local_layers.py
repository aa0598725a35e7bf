"""Layers made in ``__init__`` and bound to plain names, not to ``self``."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import ClassNote, FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.empty_optimizer import empty_list, used_up


class _Local(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        output = nn.Linear(2, 1)  # noqa: F841  # the mistake


class _Own(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.output = nn.Linear(2, 1)


def broken() -> object:
    return torch.optim.SGD(_Local().parameters(), lr=0.1)


def fixed() -> object:
    return torch.optim.SGD(_Own().parameters(), lr=0.1)


def signs(record: Record) -> Iterator[Sign]:
    """No parameter was found (or an attribute is missing), and ``__init__`` made layers that it did not keep."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    found = empty_list(record)
    missing = record.kind == "AttributeError" and "object has no attribute" in record.message
    if (found is None and not missing) or (found is not None and used_up(*found) is not None):
        return
    for note in record.classes:
        lost = [(name, place) for name, place in _layers(record, note) if found or _is_missing(record, note, name)]
        if lost and (note.value is None or not note.value.items or not found):
            yield _sign(record, note, lost)
            return


def _layers(record: FailureRecord, note: ClassNote) -> list[tuple[str, Place]]:
    """The layers that ``__init__`` bound to plain names and did not hand on to ``self``."""
    kept = {a.text for _, _, k in note.assigned if k is not None for a in record.steps[k].operands}
    made = [(name, place, record.steps[k]) for name, place, k in note.local if k is not None]
    return [
        (name, place)
        for name, place, step in made
        if step.called.startswith("nn.") and name not in kept and not step.called.startswith("nn.functional")
    ]


def _is_missing(record: FailureRecord, note: ClassNote, name: str) -> bool:
    attribute = record.message.rpartition("attribute ")[2].strip("'\"")
    return f"'{note.name}'" in record.message and name in (attribute, f"self_{attribute}")


def _sign(record: FailureRecord, note: ClassNote, lost: list[tuple[str, Place]]) -> Sign:
    name, place = lost[0]
    own = f"self.{name.removeprefix('self_').removeprefix('self')}"
    names = ", ".join(f"`{one}`" for one, _ in lost)
    last = (record.place,) if record.place else ()
    return Sign(
        place=place,
        seen=f"`__init__` of `{note.name}` makes layers and binds them to plain names ({names}), which end with "
        "`__init__`. The model keeps none of them.",
        instead=place.text.replace(name, own, 1),
        evidence=(f"`list({note.name}(…).parameters())` does not hold them",),
        also=(*(p for _, p in lost[1:]), *last),
    )


MISTAKE = Mistake(
    id="model.local_layers",
    code="",
    title="A layer made in __init__ belongs to the model",
    see="“optimizer got an empty parameter list”, or “object has no attribute 'fc'” in `forward`.",
    why="A plain name in a function ends with the function. A model keeps what is assigned to `self`.",
    instead="`self.fc = nn.Linear(…)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
