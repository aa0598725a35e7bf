"""The parts of pictures with axes: round ticks, lines of equal height, colours in order."""

from __future__ import annotations

import numpy as np
import pytest

from pytorch_basics.instruments.chart.axis import Axis, label, ticks
from pytorch_basics.instruments.chart.colours import CIVIDIS, SPLIT, mixed
from pytorch_basics.instruments.chart.contour import path, segments
from pytorch_basics.instruments.chart.lines import DASHES, MARKS


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-0.3, 1.7), (1e-6, 3e-6), (-5000, 12000), (0.999, 1.001)])
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    """Three to twelve multiples of 1, 2 or 5 times a power of ten."""
    found = ticks(low, high)
    assert 3 <= len(found) <= 12
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in found)
    step = found[1] - found[0]
    assert f"{step:.0e}"[0] in "125"


def test_a_range_of_nothing_has_one_tick() -> None:
    """And an axis over it divides by nothing."""
    assert ticks(2.0, 2.0) == [2.0]
    assert Axis(2.0, 2.0, 0, 100).at(2.0) == 0


def test_labels_read_as_numbers_do() -> None:
    """A real minus sign, no −0, thousands apart."""
    assert [label(value) for value in (-0.5, 0.0, -1e-17, 20.0, 15e3)] == ["−0.5", "0", "0", "20", "15,000"]


def test_a_straight_slope_has_straight_lines() -> None:
    """Where height is the column, the line of 1.5 stands between columns 1 and 2."""
    grid = [[0.0, 1.0, 2.0, 3.0]] * 3
    for (x1, _), (x2, _) in segments(grid, 1.5, [0, 1, 2, 3], [0, 1, 2]):
        assert x1 == x2 == 1.5
    assert path(grid, 9.0, [0, 1, 2, 3], [0, 1, 2]) == ""


def test_a_saddle_is_crossed_without_crossing() -> None:
    """Two lines pass a saddle, and they do not meet."""
    pieces = list(segments([[1.0, 0.0], [0.0, 1.0]], 0.4, [0, 1], [0, 1]))
    assert len(pieces) == 2
    (a, b), (c, d) = pieces
    assert len({a, b, c, d}) == 4
    assert all(abs(x - 0.5) + abs(y - 0.5) >= 0.1 for x, y in (a, b, c, d))


def test_a_hole_of_nan_has_no_line() -> None:
    """Where a number is missing nothing is drawn."""
    assert list(segments([[0.0, float("nan")], [1.0, 1.0]], 0.5, [0, 1], [0, 1])) == []


def brightness(colours: np.ndarray) -> np.ndarray:
    return np.array([0.2126, 0.7152, 0.0722]) @ (colours.astype(float) / 255) ** 2.2


def test_the_scale_of_losses_grows_lighter_all_the_way() -> None:
    """So it can be read in grey."""
    light = brightness(mixed(np.linspace(0, 1, 50), CIVIDIS))
    assert (np.diff(light) > 0).all()


def test_the_scale_of_two_sides_is_lightest_in_the_middle() -> None:
    """And both ends are far from it."""
    light = brightness(mixed(np.linspace(0, 1, 51), SPLIT))
    assert 22 <= light.argmax() <= 28
    assert light.max() > 5 * max(light[0], light[-1])


def test_every_line_has_its_own_dash_and_mark() -> None:
    """Colour is never the only difference."""
    assert len(set(DASHES)) == len(set(MARKS)) == 6
