"""A list, an array or a tuple goes where a tensor is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import bound
from pytorch_basics.instruments.failure.record import Argument, FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_REFUSAL = re.compile(r"argument '(\w+)' \(position \d+\) must be Tensor, not (\w+(?:\.\w+)*)")


def broken() -> object:
    rnn, output = nn.GRU(3, 4, batch_first=True), nn.Linear(4, 1)
    states = rnn(torch.rand(2, 5, 3))
    return output(states)


def fixed() -> object:
    rnn, output = nn.GRU(3, 4, batch_first=True), nn.Linear(4, 1)
    states, _ = rnn(torch.rand(2, 5, 3))
    return output(states)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch names the type that it got; an operand has this type."""
    match = _REFUSAL.search(record.message) if isinstance(record, FailureRecord) else None
    if match is None or not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    kind = match[2].rpartition(".")[2]
    what = next((a for a in record.operands if a.value and a.value.type.rpartition(".")[2] == kind), None)
    what = what or next((a for a in record.operands if a.name in ("", "self")), None)
    if what is None:
        return
    place, instead = _change(record, what, kind)
    yield Sign(
        place=place or record.place,
        seen=f"`{what.text}` is a {kind}, and `{record.failing.text}` wants a tensor.",
        instead=instead,
        evidence=(f"`type({what.text})` is {kind}",),
        also=(record.place,) if place and place != record.place else (),
    )


def _change(record: FailureRecord, what: Argument, kind: str) -> tuple[Place | None, str]:
    made = record.made(what)
    recurrent = next((s for _, s in zip(range(3), record.origins(what), strict=False) if s.bare in _RECURRENT), None)
    if kind == "tuple" and recurrent is not None:
        return recurrent.place, f"{recurrent.name or 'output'}, _ = {recurrent.text}"
    if kind == "tuple":
        return made.place if made else None, f"{what.text}[0], or unpack it where it is made: a, b = …"
    if kind == "ndarray":
        return None, bound(
            record.failing, record.failing.text.replace(what.text, f"torch.from_numpy({what.text}).float()", 1)
        ) if record.failing else ""
    if kind == "list":
        tensors = bool(what.value and what.value.items and what.value.items[0][1].tensor)
        new = f"torch.stack({what.text})" if tensors else f"torch.tensor({what.text}, dtype=torch.float32)"
        return None, record.failing.text.replace(what.text, new, 1) if record.failing else new
    if kind == "NoneType":
        return made.place if made else None, "a `return` in the function that made it"
    return None, f"a tensor in place of {what.text}"


_RECURRENT = ("LSTM", "GRU", "RNN", "MultiheadAttention")

MISTAKE = Mistake(
    id="tensors.not_a_tensor",
    code="",
    title="A layer takes lists, arrays and tuples too",
    see="“linear(): argument 'input' (position 1) must be Tensor, not tuple”.",
    why="Layers take tensors only. `nn.LSTM` and `nn.GRU` give a tuple, (output, state); a data set may hand out "
    "lists or arrays; a function without `return` gives None.",
    instead="`output, state = lstm(x)`; `torch.tensor(list)`, `torch.from_numpy(array)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
