"""The words of a landscape: what the picture shows, in sentences that text and HTML share.

In goes a ``LandscapeRecord``, out come sentences, and the heights behind shades and lines: logarithms of the loss above
its lowest.
"""

from __future__ import annotations

from math import isfinite, log10

from pytorch_basics.instruments.chart.axis import label
from pytorch_basics.instruments.training.landscape.record import LandscapeRecord


def heights(record: LandscapeRecord) -> tuple[list[list[float]], float, float]:
    """The grid in logarithms, and its range; what is not finite stands as NaN."""
    losses = [value for row in record.grid for value in row if isfinite(value)]
    low, high = (min(losses), max(losses)) if losses else (0.0, 1.0)
    floor = max((high - low) * 1e-3, 1e-12)  # so that the lowest place does not swallow the scale

    def height(value: float) -> float:
        return log10(value - low + floor) if isfinite(value) else float("nan")

    return [[height(value) for value in row] for row in record.grid], height(low), height(high)


def loss_at(record: LandscapeRecord, height: float) -> float:
    """The loss that a height of ``heights`` stands for."""
    losses = [value for row in record.grid for value in row if isfinite(value)]
    low, high = min(losses), max(losses)
    return float(10**height) + low - max((high - low) * 1e-3, 1e-12)


def sentences(record: LandscapeRecord) -> list[str]:
    """Where we are, where it is lowest, how the path went, and what is not shown."""
    a, b, loss = record.lowest
    said = [f"loss here {record.here.loss:.4g}; lowest on this grid {loss:.4g} at ({label(a)}, {label(b)})"]
    if record.path:
        first, last = record.path[0], record.path[-1]
        said.append(f"the path: {len(record.path)} stops, loss {first.loss:.4g} to {last.loss:.4g}")
    if record.explained is not None and record.plane != "two parameters":
        said.append(f"the plane shows {record.explained:.0%} of the path's extent (squared distance from its end)")
    if record.plane != "two parameters":
        where = "away from the path the surface" if record.path else "the surface"
        said.append(f"all parameters move together along each axis: {where} is only this cut")
    odd = sum(not isfinite(value) for row in record.grid for value in row)
    if odd:
        said.append(f"{odd} of {len(record.a) * len(record.b)} places have no finite loss")
    return [*said, f"computed with {record.method}", *record.notes]
