"""The text twin of a boundary: the plane as letters, for a terminal, a screen reader, a test.

In goes a ``BoundaryRecord``, out comes a coarse map: what the model says, and the points that lie on the wrong side. It
never imports torch.
"""

from __future__ import annotations

from pytorch_basics.instruments.chart.axis import label
from pytorch_basics.instruments.training.boundary import wording
from pytorch_basics.instruments.training.boundary.record import BoundaryRecord

COLUMNS, ROWS = 41, 17
LEGEND = "1 or · : what the model says, 1 or 0; # : a point on the wrong side"


def text(record: BoundaryRecord) -> str:
    """The map with its axes, then what it shows in sentences."""
    left, right, bottom, top = record.xs[0], record.xs[-1], record.ys[0], record.ys[-1]
    rows = [[_said(record, row, column) for column in range(COLUMNS)] for row in range(ROWS)]
    for point in record.points:
        if not point.right:
            rows[_place(point.y, bottom, top, ROWS)][_place(point.x, left, right, COLUMNS)] = "#"
    marks = {0: label(bottom), ROWS - 1: label(top)}
    wide = max(map(len, marks.values()))
    drawn = [f"{marks.get(row, ''):>{wide}} {''.join(rows[row])}" for row in range(ROWS - 1, -1, -1)]
    drawn.append(" " * (wide + 1) + label(left) + label(right).rjust(COLUMNS - len(label(left))))
    return "\n".join([*drawn, LEGEND, "", *wording.sentences(record), *wording.units(record)])


def _said(record: BoundaryRecord, row: int, column: int) -> str:
    y = round(row * (len(record.ys) - 1) / (ROWS - 1))
    x = round(column * (len(record.xs) - 1) / (COLUMNS - 1))
    return "1" if record.grid[y][x] > 0.5 else "·"


def _place(value: float, low: float, high: float, count: int) -> int:
    return min(max(round((value - low) / (high - low) * (count - 1)), 0), count - 1)
