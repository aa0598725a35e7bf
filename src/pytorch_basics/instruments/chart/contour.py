"""Lines of equal height through a grid of numbers (marching squares).

In go a grid, a level and the places of its rows and columns; out comes the path of an SVG. Where a square could be
crossed in two ways (a saddle), the mean of its corners decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

Grid = Sequence[Sequence[float]]
Point = tuple[float, float]


def segments(grid: Grid, level: float, xs: Sequence[float], ys: Sequence[float]) -> Iterator[tuple[Point, Point]]:
    """Pieces of the line where ``grid[row][column]``, which lies at ``(xs[column], ys[row])``, is ``level``."""
    for row, (low, high) in enumerate(pairwise(grid)):
        for column in range(len(xs) - 1):
            corners = (low[column], low[column + 1], high[column + 1], high[column])
            above = [value > level for value in corners]
            if all(above) or not any(above) or any(value != value for value in corners):
                continue
            x, y = (xs[column], xs[column + 1]), (ys[row], ys[row + 1])
            places = ((x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1]))
            crossed = [_between(places[k], places[(k + 1) % 4], corners[k], corners[(k + 1) % 4], level)
                       for k in range(4) if above[k] != above[(k + 1) % 4]]  # fmt: skip
            if len(crossed) == 2:
                yield crossed[0], crossed[1]
                continue
            alike = (sum(corners) / 4 > level) == above[0]  # the middle goes with the first and third corner
            for a, b in ((0, 1), (2, 3)) if alike else ((3, 0), (1, 2)):
                yield crossed[a], crossed[b]


def _between(one: Point, two: Point, a: float, b: float, level: float) -> Point:
    share = (level - a) / (b - a)
    return one[0] + share * (two[0] - one[0]), one[1] + share * (two[1] - one[1])


def path(grid: Grid, level: float, xs: Sequence[float], ys: Sequence[float]) -> str:
    """The same as the ``d`` of an SVG path; empty when the level is never crossed."""
    pieces = segments(grid, level, xs, ys)
    return "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for (a, b), (c, d) in pieces)
