"""An axis: from a value to a place on the paper, and the round numbers to write beside it.

In go a range and a length in pixels, out come places and ticks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True)
class Axis:
    """``low`` lies at pixel ``start``, ``high`` at ``end``; ``start`` is the larger one where values grow upwards."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (value - self.low) / ((self.high - self.low) or 1.0) * (self.end - self.start)

    def ticks(self, about: int = 5) -> list[float]:
        """Round numbers in the range, about so many."""
        return ticks(self.low, self.high, about)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten from ``low`` to ``high``, about so many."""
    if not low < high:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** floor(log10(rough))
    step = next(unit * power for unit in (1, 2, 5, 10) if unit * power >= rough * 0.999)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


def label(value: float) -> str:
    """A tick as it is written: ``0.5``, ``−2``, ``1e-05``."""
    written = f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 else f"{0.0 if abs(value) < 1e-12 else value:.4g}"
    return written.replace("-", "−")
