"""``forward`` (or a layer) is called with another number of arguments than it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_COUNT = re.compile(
    r"(?:([\w.]+)\.)?(\w+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) (?:was|were) given"
)
_MISSING = re.compile(r"(?:([\w.]+)\.)?forward\(\) missing (\d+) required positional arguments?: (.+)")


class _OneInput(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 2


def broken() -> object:
    return _OneInput()(torch.ones(2), torch.ones(2))


def fixed() -> object:
    return _OneInput()(torch.ones(2))


def signs(record: Record) -> Iterator[Sign]:
    """Python's words about ``forward``, read as PyTorch's learner needs them."""
    if not isinstance(record, FailureRecord) or record.kind != "TypeError" or record.place is None:
        return
    count, missing = _COUNT.search(record.message), _MISSING.search(record.message)
    owner = (count or missing or [None, None])[1]
    name = (owner or "").rpartition(".")[2]
    note = next((note for note in record.classes if note.name == name), None)
    place = next((p for method, p in note.methods if method == "forward"), None) if note else None
    if count and count[2] == "forward":
        yield _too_many(record, record.place, name, int(count[3]), int(count[4]), place)
    elif missing:
        text = record.failing.text if record.failing else record.place.text
        yield Sign(
            place=record.place,
            seen=f"`{text}` does not give {missing[3]}, which `forward` of `{name}` needs.",
            instead=f"{text.rstrip(')')}{', ' if not text.endswith('()') else ''}{missing[3].strip(chr(39))})",
            evidence=(place.text,) if place else (),
            also=(place,) if place else (),
        )


def _too_many(record: FailureRecord, failing: Place, name: str, takes: int, given: int, place: Place | None) -> Sign:
    text = record.failing.text if record.failing else failing.text
    own = place is not None
    where = place or failing
    no_self = own and "self" not in where.text
    return Sign(
        place=where if no_self else failing,
        seen=f"`{text}` gives `forward` of `{name}` {given - 1} argument{'s' if given != 2 else ''}; it takes "
        f"{takes - 1} "
        "(Python counts `self` too).",
        instead=_instead(no_self, where, text, takes, given),
        evidence=(where.text,) if own else (),
        also=((failing,) if no_self else (where,)) if own else (),
    )


def _instead(no_self: bool, where: Place, text: str, takes: int, given: int) -> str:
    if no_self:
        return where.text.replace("forward(", "forward(self, ", 1)
    call = f"{text.partition('(')[0]}(…) with {takes - 1} argument{'s' if takes != 2 else ''}"
    return f"{call}, or {given - 1} parameters in `def forward`"


MISTAKE = Mistake(
    id="model.forward_arguments",
    code="",
    title="forward takes what I give to the model",
    see="“Net.forward() takes 2 positional arguments but 3 were given”.",
    why="`model(a, b)` calls `forward(self, a, b)`: as many arguments as `forward` has parameters after `self`. An "
    "`nn.Sequential` passes on one.",
    instead="the same number on both sides; several inputs to a Sequential need a class with a `forward` of its own",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
