"""Training as it was watched: plain data, frozen, and loss-free as JSON.

In go the samples that ``capture`` took; out come records that ``text``, ``html``, the doctor and the playground draw or
reason about. No torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from pytorch_basics.instruments import as_json
from pytorch_basics.instruments.training.boundary.record import BoundaryRecord, PointRecord, UnitRecord


@dataclass(frozen=True)
class SampleRecord:
    """One step that was looked at: its number from 1, seconds since the start, the loss that ``backward`` began from
    (None: it could not be seen), and the norm of all gradients together (None: there were none)."""

    step: int
    seconds: float
    loss: float | None
    grad: float | None


@dataclass(frozen=True)
class WatchRecord:
    """What ``pb.watch`` saw: ``steps`` optimizer steps in ``seconds``, some of them sampled; ``planned`` is how many
    there were to be, if that was said. ``ended`` says that the loop is over; ``interrupted`` names the exception that
    ended it, else empty."""

    name: str
    samples: tuple[SampleRecord, ...] = ()
    steps: int = 0
    seconds: float = 0.0
    planned: int | None = None
    boundary: BoundaryRecord | None = None
    interrupted: str = ""
    ended: bool = False

    @property
    def speed(self) -> float:
        """Steps a second."""
        return self.steps / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the planned steps will still take, None where none were planned or nothing is known."""
        if self.planned is None or not self.speed:
            return None
        return max(self.planned - self.steps, 0) / self.speed

    def to_json(self) -> str:
        """This record as JSON; ``WatchRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> WatchRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, WatchRecord, SampleRecord, BoundaryRecord, PointRecord, UnitRecord)

    def __str__(self) -> str:
        from pytorch_basics.instruments.training.watch.text import text

        return text(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pytorch_basics.instruments.training.watch.html import html

        return {"text/html": html(self), "text/plain": str(self)}
