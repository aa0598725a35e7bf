"""The words of a training step's timeline: the cells of its table, and its remarks, which text and HTML share.

In goes a ``StepsRecord``, out comes text.
"""

from __future__ import annotations

from pytorch_basics.instruments.training.steps.record import EventRecord, StateRecord, StepsRecord
from pytorch_basics.instruments.training.steps.remarks import remarks

MOST_COLUMNS = 4  # with more parameters than that, the table sums them up: it must fit a page beside a lesson's text
KINDS = {
    "forward": "forward",
    "backward": "backward",
    "zero": "zero the gradients",
    "step": "step",
    "update": "update by hand",
}


def columns(record: StepsRecord) -> list[str]:
    """What the table tells of each event: one column for each parameter, or two sums."""
    return ["gradients", "parameters"] if len(record.parameters) > MOST_COLUMNS else list(record.parameters)


def cells(record: StepsRecord, event: EventRecord) -> list[tuple[str, str]]:
    """Under each of ``columns``: the gradient after the event, and how far the event moved something, or nothing."""
    if len(record.parameters) > MOST_COLUMNS:
        return [(_gradients(event.states), ""), ("", _moves(event.states))]
    return [(_gradient(state), f"moved {state.moved:.2g}" if state.moved else "") for state in event.states]


def source(event: EventRecord) -> str:
    """The learner's line with its number; empty where the source is not known."""
    return f"{event.number}: {event.line}" if event.number else ""


def _gradient(state: StateRecord) -> str:
    return "no grad" if state.grad is None else f"|grad| {state.grad:.3g}"


def _gradients(states: tuple[StateRecord, ...]) -> str:
    norms = [state.grad for state in states if state.grad is not None]
    if not norms:
        return "none"
    missing = len(states) - len(norms)
    total = sum(norm * norm for norm in norms) ** 0.5
    return f"|grad| {total:.3g}" + (f", {missing} have none" if missing else "")


def _moves(states: tuple[StateRecord, ...]) -> str:
    moved = sum(state.moved > 0 for state in states)
    return f"{moved} of {len(states)} moved" if moved else ""


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
