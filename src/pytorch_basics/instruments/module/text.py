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
_LAST = len(wording.HEADINGS) - 1  # the remarks
_CUTS = ((0, 32), (2, 20), (1, 20), (0, 24))  # where a wide table gives way: a column, and how narrow; no number is cut


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
    wide = {k: max(map(len, column)) for k, column in enumerate(zip(*cells, strict=True)) if any(column[1:])}
    # Remarks that the narrowest table leaves no room for stand in lines of their own.
    below = _LAST in wide and _over(wide, width) > sum(max(wide.get(k, 0) - least, 0) for k, least in _CUTS[1:])
    if below:
        del wide[_LAST]
    for k, least in _CUTS:
        if k in wide:
            wide[k] = min(wide[k], max(least, wide[k] - max(_over(wide, width), 0)))
    more = len(rows) - MOST_ROWS
    ending = [f"… {more:,} more rows; to_json() has them all"] if more > 0 else []
    return "\n".join([part for line in cells for part in _lines(line, wide, below)] + ending)


def _lines(line: tuple[str, ...], wide: dict[int, int], below: bool) -> list[str]:
    row = "  ".join(_cell(line[k], wide[k], k in _RIGHT) for k in wide).rstrip()
    indent = " " * (len(line[0]) - len(line[0].lstrip()))
    return [row, f"{indent}  ({line[_LAST]})"] if below and line[_LAST] else [row]


def _over(wide: dict[int, int], width: int) -> int:
    """By how much columns of these widths are too wide."""
    return sum(wide.values()) + 2 * (len(wide) - 1) - width


def _cell(said: str, wide: int, right: bool) -> str:
    said = said if len(said) <= wide else f"{said[: wide - 1]}…"
    return f"{said:>{wide}}" if right else f"{said:<{wide}}"
