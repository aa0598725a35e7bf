"""What one exception came from: plain data, frozen, and the same after a trip through JSON."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FailureRecord:
    """An exception with the frames it came through."""

    kind: str
    message: str
