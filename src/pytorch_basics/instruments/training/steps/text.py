"""The text twin of a training step's timeline: for a terminal, a screen reader, a test.

In goes a ``StepsRecord``, out comes an aligned table for each call, and the remarks. It never imports torch.
"""

from __future__ import annotations

from pytorch_basics.instruments.training.steps import wording
from pytorch_basics.instruments.training.steps.record import StepsRecord

MOST_WIDE, LEAST_LINE = 110, 12  # columns of a terminal; of them for the learner's line


def text(record: StepsRecord) -> str:
    """The remarks first, then what happened."""
    rows = {k: _rows(record, k) for k in range(len(record.events))}
    head = ["event", "line", *wording.columns(record)]
    wide = [max(len(row[c]) for row in [head, *(row for k in rows for row in rows[k])]) for c in range(len(head))]
    room = MOST_WIDE - sum(wide) + wide[1] - 2 * (len(wide) - 1)
    wide[1] = min(wide[1], max(room, LEAST_LINE))
    blocks = ["\n".join(wording.verdict(record))]
    for number in range(record.rounds):
        mine = [row for k in rows if record.events[k].round == number for row in rows[k]]
        blocks.append("\n".join([wording.heading(record, number), *(_aligned(row, wide) for row in [head, *mine])]))
    return "\n\n".join(blocks)


def _rows(record: StepsRecord, number: int) -> list[list[str]]:
    """One event as a row, and a second one where something moved."""
    event = record.events[number]
    said = wording.cells(record, event)
    called = f"forward {event.what}" if event.kind == "forward" else event.what
    first = [called, wording.source(event), *(gradient for gradient, _ in said)]
    if len(record.parameters) > wording.MOST_COLUMNS:
        return [[*first[:3], said[1][1]]]
    moved = [move for _, move in said]
    return [first, ["", "", *moved]] if any(moved) else [first]


def _aligned(row: list[str], wide: list[int]) -> str:
    return "  ".join(f"{shorten(cell, w):<{w}}" for cell, w in zip(row, wide, strict=True)).rstrip()


def shorten(line: str, most: int) -> str:
    """A line of at most so many characters; what was cut off is marked."""
    return line if len(line) <= most else f"{line[: most - 1]}…"
