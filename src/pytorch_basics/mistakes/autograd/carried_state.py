"""The state of one round of the loop goes into the next with its graph."""

# mypy: disable-error-code="no-untyped-call"
# PyTorch declares no types for backward().

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.reused import AGAIN, CHANGED, lasting, refused


def broken() -> object:
    rnn, state = nn.RNNCell(2, 3), torch.zeros(1, 3)
    for _ in range(2):
        state = rnn(torch.rand(1, 2), state)
        state.sum().backward()
    return state


def fixed() -> object:
    rnn, state = nn.RNNCell(2, 3), torch.zeros(1, 3)
    for _ in range(2):
        state = rnn(torch.rand(1, 2), state.detach())
        state.sum().backward()
    return state


def signs(record: Record) -> Iterator[Sign]:
    """Something that an earlier round computed is on the way to the loss of this one."""
    if not isinstance(record, FailureRecord) or not (refused(record, AGAIN) or refused(record, CHANGED)):
        return
    found = lasting(record)
    if found is None or found.what != "carried":
        return
    name, text = found.name, found.text
    total = "+=" in text or ".append(" in text
    if total:
        instead = f"`{name}` started anew inside the loop; to keep numbers for printing, `.item()`"
    elif name.startswith("self.") or "=" in text:
        instead = f"{name}.detach() as the start of the next round"
    else:
        instead = text.replace(f"{name})", f"{name}.detach())").replace(f"{name},", f"{name}.detach(),")
    yield Sign(
        place=found.place,
        seen=f"`{name}` comes from the round before, with its graph; `backward()` of this round goes back into that "
        "one, "
        "which is used up" + (" (or its weights have changed)." if CHANGED in record.message else "."),
        instead=instead if instead != text else f"{name}.detach() where the next round takes it",
        evidence=(
            f"line {found.place.line}: `{text}`",
            f"`{name}` is set in one round of the loop and read in the next",
        ),
        also=found.also,
    )


MISTAKE = Mistake(
    id="autograd.carried_state",
    code="",
    title="The next round of the loop starts with a new graph",
    see="The first round works. In the second `backward()` says that it is trying to go through the graph a second "
    "time.",
    why="A tensor carries the graph it was computed by. Taken into the next round, it ties the rounds together, and "
    "`backward()` would go back to the very first. `retain_graph=True` hides that: every round gets slower.",
    instead="`state = state.detach()` between the rounds: the numbers go on, the graph does not",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
