"""The loss over a plane through parameter space: plain data, frozen, and loss-free as JSON.

In go the numbers that ``capture`` computed; out come records that ``text``, ``html`` and the playground draw. No torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from pytorch_basics.instruments import as_json

Grid = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class StopRecord:
    """One place on the optimizer's path: its coordinates in the plane, the loss there as it really was, and how far the
    parameters themselves lay off the plane (Euclidean distance, 0 when the plane holds the path)."""

    a: float
    b: float
    loss: float
    off: float


@dataclass(frozen=True)
class LandscapeRecord:
    """What ``pb.landscape`` returns. ``grid[row][column]`` is the loss at ``(a[column], b[row])``.

    ``a_name`` and ``b_name`` say what the two directions are, ``plane`` how they were chosen: ``"two parameters"``,
    ``"random"`` or ``"path"``. For named parameters coordinates are the parameters' own values; for others they are
    steps from the centre along a direction. ``explained`` is the share of the path's extent that the plane shows, None
    without a path. ``method`` says how the losses were computed.
    """

    a: tuple[float, ...]
    b: tuple[float, ...]
    grid: Grid
    a_name: str
    b_name: str
    plane: str
    here: StopRecord
    path: tuple[StopRecord, ...] = ()
    explained: float | None = None
    method: str = ""
    notes: tuple[str, ...] = ()

    @property
    def lowest(self) -> tuple[float, float, float]:
        """Where on the grid the loss is lowest, and that loss; NaN and infinite ones do not count."""
        found = [
            (loss, a, b)
            for b, row in zip(self.b, self.grid, strict=True)
            for a, loss in zip(self.a, row, strict=True)
            if isfinite(loss)
        ]
        loss, a, b = min(found, default=(float("nan"), self.here.a, self.here.b))
        return a, b, loss

    def to_json(self) -> str:
        """This record as JSON; ``LandscapeRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> LandscapeRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, LandscapeRecord, StopRecord)

    def __str__(self) -> str:
        from pytorch_basics.instruments.training.landscape.text import text

        return text(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pytorch_basics.instruments.training.landscape.html import html

        return {"text/html": html(self), "text/plain": str(self)}
