"""The run instrument: what a training script did, watched from outside. Importing this loads no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytorch_basics.instruments.run.record import RunRecord

if TYPE_CHECKING:
    from pytorch_basics.instruments.run.capture import Watching

__all__ = ["RunRecord", "watching"]


def watching(steps: int | None = None) -> Watching:
    """What watches a run between its ``on()`` and ``off()``, for at most ``steps`` optimizer steps."""
    from pytorch_basics.instruments.run.capture import Watching

    return Watching(steps)
