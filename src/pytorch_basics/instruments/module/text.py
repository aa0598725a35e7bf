"""The text twin of a summary: for a terminal, a screen reader, a test, and a notebook that shows no HTML.

In goes a ``ModuleRecord``, out comes an aligned table cut to a width, with totals and what is not registered. It never
imports torch.
"""

from __future__ import annotations

from pytorch_basics.instruments.module import wording
from pytorch_basics.instruments.module.fold import Fold
from pytorch_basics.instruments.module.record import ModuleRecord

WIDTH = 110
MOST_ROWS = 200
_RIGHT = (3, 4, 5)  # the columns of numbers


def text(record: ModuleRecord, width: int = WIDTH) -> str:
    """The whole summary; what is not registered comes first, because it is what a reader must not miss."""
    problems = [f"! {wording.stray(stray)}" for stray in record.strays]
    never = wording.never(record)
    problems += [f"! {never}"] if never else []
    problems += [f"! the forward pass stopped: {record.error}"] if record.error else []
    blocks = ["\n".join(problems), _table(record, width), "\n".join([*wording.totals(record), *record.notes])]
    return "\n\n".join(block for block in blocks if block)


def _table(record: ModuleRecord, width: int) -> str:
    rows = Fold(record).rows
    cells = [wording.HEADINGS]
    for row in rows[:MOST_ROWS]:
        first, *rest = wording.cells(record, row)
        cells.append(("  " * row.depth + first, *rest))  # type: ignore[arg-type]  # as many as there are headings
    used = [k for k in range(len(wording.HEADINGS)) if any(line[k] for line in cells[1:])]
    wide = {k: max(len(line[k]) for line in cells) for k in used}
    room = width - sum(wide[k] + 2 for k in used if k)
    wide[0] = max(min(wide[0], room), 24)  # a long title is cut before a number is
    lines = ["  ".join(_cell(line[k], wide[k], k in _RIGHT) for k in used).rstrip() for line in cells]
    more = len(rows) - MOST_ROWS
    return "\n".join([*lines, *([f"… {more:,} more rows; to_json() has them all"] if more > 0 else [])])


def _cell(said: str, wide: int, right: bool) -> str:
    said = said if len(said) <= wide else f"{said[: wide - 1]}…"
    return f"{said:>{wide}}" if right else f"{said:<{wide}}"
