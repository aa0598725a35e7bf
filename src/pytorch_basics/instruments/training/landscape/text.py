"""The text twin of a landscape: heights as digits, for a terminal, a screen reader, a test.

In goes a ``LandscapeRecord``, out comes a coarse map from 0 (lowest) to 9 with the path on it. It never imports torch.
"""

from __future__ import annotations

from math import isfinite

from pytorch_basics.instruments.chart.axis import label
from pytorch_basics.instruments.training.landscape import wording
from pytorch_basics.instruments.training.landscape.record import LandscapeRecord, StopRecord

COLUMNS, ROWS = 41, 17
LEGEND = "0 lowest to 9 highest loss, in steps of its logarithm; x: no finite loss; S: start, *: path, E: end or here"


def text(record: LandscapeRecord) -> str:
    """The map with its axes, then what it shows in sentences."""
    grid, low, high = wording.heights(record)
    rows = [[_digit(grid, low, high, row, column) for column in range(COLUMNS)] for row in range(ROWS)]
    marks = [(stop, "*") for stop in record.path[1:-1]] + [(stop, "S") for stop in record.path[:1]]
    for stop, mark in [*marks, *[(stop, "E") for stop in (record.path[-1:] or (record.here,))]]:
        _mark(record, rows, stop, mark)
    beside = {0: label(record.b[0]), ROWS - 1: label(record.b[-1])}
    wide = max(map(len, beside.values()))
    drawn = [f"{beside.get(row, ''):>{wide}} {''.join(rows[row])}" for row in range(ROWS - 1, -1, -1)]
    left, right = label(record.a[0]), label(record.a[-1])
    drawn.append(" " * (wide + 1) + left + right.rjust(COLUMNS - len(left)))
    names = f"across: {record.a_name}; up: {record.b_name}"
    return "\n".join([*drawn, names, LEGEND, "", *wording.sentences(record)])


def _digit(grid: list[list[float]], low: float, high: float, row: int, column: int) -> str:
    value = grid[round(row * (len(grid) - 1) / (ROWS - 1))][round(column * (len(grid[0]) - 1) / (COLUMNS - 1))]
    return str(min(int((value - low) / ((high - low) or 1) * 10), 9)) if isfinite(value) else "x"


def _mark(record: LandscapeRecord, rows: list[list[str]], stop: StopRecord, mark: str) -> None:
    across = (stop.a - record.a[0]) / (record.a[-1] - record.a[0]) * (COLUMNS - 1)
    up = (stop.b - record.b[0]) / (record.b[-1] - record.b[0]) * (ROWS - 1)
    if 0 <= round(up) < ROWS and 0 <= round(across) < COLUMNS:
        rows[round(up)][round(across)] = mark
