"""The text twin of a training step's timeline: for a terminal, a screen reader, a test.

In goes a ``StepsRecord``, out comes an aligned table for each call, and the remarks. It never imports torch.
"""

from __future__ import annotations

from pytorch_basics.instruments.training.steps import wording
from pytorch_basics.instruments.training.steps.record import StepsRecord


def text(record: StepsRecord) -> str:
    """The remarks first, then what happened."""
    rows = [wording.headings(record), *(wording.row(record, event) for event in record.events)]
    wide = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = ["  ".join(f"{cell:<{w}}" for cell, w in zip(row, wide, strict=True)).rstrip() for row in rows]
    blocks = ["\n".join(wording.verdict(record))]
    for number in range(record.rounds):
        mine = [lines[k + 1] for k, event in enumerate(record.events) if event.round == number]
        blocks.append("\n".join([wording.heading(record, number), lines[0], *mine]))
    return "\n\n".join(blocks)
