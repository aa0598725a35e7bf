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


def powers(low: float, high: float, about: int = 5) -> list[float]:
    """The same for an axis of logarithms: those of round numbers from ``10**low`` to ``10**high``."""
    if high - low >= 2:
        return [k for k in ticks(low, high, about) if k == round(k)]
    if high - low < 0.7:
        return [log10(value) for value in ticks(10**low, 10**high, about) if value > 0]
    found = (log10(unit) + k for k in range(floor(low), ceil(high)) for unit in (1, 2, 5))
    return [value for value in found if low <= value <= high]


def label(value: float) -> str:
    """A tick as it is written: ``0.5``, ``−2``, ``1e-05``."""
    written = f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 else f"{0.0 if abs(value) < 1e-12 else value:.4g}"
    return written.replace("-", "−")


def signed(value: float, form: str = ".2f") -> str:
    """A number with its sign, ``+1.50`` or ``−0.23``; what is written as zero has none."""
    written = f"{value:+{form}}".replace("-", "−")
    return written if any(digit in written for digit in "123456789n") else written[1:]
