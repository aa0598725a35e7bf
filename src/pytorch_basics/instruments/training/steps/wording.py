"""The words of a training step's timeline: the cells of its table, and its remarks, which text and HTML share.

In goes a ``StepsRecord``, out comes text.
"""

from __future__ import annotations

from pytorch_basics.instruments.training.steps.record import EventRecord, StateRecord, StepsRecord
from pytorch_basics.instruments.training.steps.remarks import remarks

MOST_COLUMNS = 6  # with more parameters than that, the table sums them up
KINDS = {
    "forward": "forward",
    "backward": "backward",
    "zero": "zero the gradients",
    "step": "step",
    "update": "update by hand",
}


def headings(record: StepsRecord) -> list[str]:
    """The columns: what happened, then one for each parameter, or two sums."""
    if len(record.parameters) > MOST_COLUMNS:
        return ["event", "call", "line", "gradients", "parameters moved"]
    return ["event", "call", "line", *record.parameters]


def row(record: StepsRecord, event: EventRecord) -> list[str]:
    """What one event did, under each of ``headings``."""
    line = f"{event.number}: {event.line}" if event.number else ""
    first = [KINDS[event.kind], event.what, line if len(line) <= 44 else f"{line[:43]}…"]
    if len(record.parameters) > MOST_COLUMNS:
        return [*first, _gradients(event.states), _moves(event.states)]
    return [*first, *(_state(state) for state in event.states)]


def _state(state: StateRecord) -> str:
    grad = "no grad" if state.grad is None else f"|grad| {state.grad:.3g}"
    return f"{grad}, moved {state.moved:.2g}" if state.moved else grad


def _gradients(states: tuple[StateRecord, ...]) -> str:
    norms = [state.grad for state in states if state.grad is not None]
    if not norms:
        return "none"
    missing = len(states) - len(norms)
    total = sum(norm * norm for norm in norms) ** 0.5
    return f"|grad| {total:.3g}" + (f", {missing} have none" if missing else "")


def _moves(states: tuple[StateRecord, ...]) -> str:
    moved = sum(state.moved > 0 for state in states)
    return f"{moved} of {len(states)}" if moved else "–"


def verdict(record: StepsRecord) -> list[str]:
    """The remarks; where there are none, that the order is sound."""
    found = remarks(record)
    moved = sum(record.changed)
    sound = (
        f"nothing to remark: every call changed what it should, {moved} of {len(record.parameters)} parameters moved"
    )
    return [f"! {remark}" for remark in found] or [sound]


def heading(record: StepsRecord, number: int) -> str:
    """Over the events of one call."""
    return f"call {number + 1} of {record.title}"
