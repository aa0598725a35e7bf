"""A model has no ``forward`` of its own: misspelled, or indented into another method."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

import torch
from torch import Tensor, nn

from pytorch_basics.instruments.failure.record import ClassNote, FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


class _Misspelled(nn.Module):
    def foward(self, x: Tensor) -> Tensor:
        return x * 2


class _Spelled(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 2


def broken() -> object:
    return _Misspelled()(torch.ones(2))


def fixed() -> object:
    return _Spelled()(torch.ones(2))


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's placeholder ran; the class has a method that was meant."""
    if not isinstance(record, FailureRecord) or record.kind != "NotImplementedError" or record.place is None:
        return
    if 'missing the required "forward"' not in record.message:
        return
    name = record.message.partition("[")[2].partition("]")[0]
    note = next((note for note in record.classes if note.name == name), None)
    if note is None:
        container = name in ("ModuleList", "ModuleDict", "ParameterList")
        instead = f"a loop over the layers: for layer in …: x = layer(x); or nn.Sequential in place of nn.{name}"
        if container:
            yield Sign(record.place, f"`nn.{name}` only keeps layers; it does not say how they run.", instead)
        return
    yield _sign(note, record.place)


def _sign(note: ClassNote, failing: Place) -> Sign:
    nested = next((place for name, place in note.nested if name == "forward"), None)
    if nested is not None:
        seen = (
            f"`forward` stands inside `{nested.function.rpartition('.')[0]}`: it is a local function there, no method."
        )
        return Sign(nested, seen, f"{nested.text}, as far to the left as `def __init__`", also=(failing,))
    close = max(note.methods, key=lambda method: _like_forward(method[0]), default=None)
    if close is not None and _like_forward(close[0]) > 0.6:
        seen = f"`{note.name}` defines `{close[0]}`, and calling a model runs `forward`."
        instead = close[1].text.replace(close[0], "forward", 1)
        return Sign(close[1], seen, instead, (f"`{note.name}.{close[0]}` is there, no `forward`",), also=(failing,))
    seen = f"`{note.name}` defines no `forward`, and calling a model runs it."
    return Sign(note.place, seen, "    def forward(self, x): … in the class", also=(failing,))


def _like_forward(name: str) -> float:
    return SequenceMatcher(None, name.lower().strip("_"), "forward").ratio() if name != "__init__" else 0.0


MISTAKE = Mistake(
    id="model.forward_missing",
    code="",
    title="My model has a forward, I can see it",
    see="“Module [Net] is missing the required `forward` function”, although there is something like it.",
    why="`model(x)` calls the method whose name is exactly `forward`. With another name, or indented into `__init__`, "
    "it is never found, and `nn.Module`'s own placeholder runs.",
    instead="`def forward(self, x):` at the level of `def __init__`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
