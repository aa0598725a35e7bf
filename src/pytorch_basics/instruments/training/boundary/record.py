"""What a model with two inputs says of the plane around its data: plain data, frozen, and loss-free as JSON.

In go the numbers that ``capture`` computed; out come records that ``text``, ``html`` and the playground draw. No torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from pytorch_basics.instruments import as_json

Grid = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class PointRecord:
    """One data point: where it lies, its label (0 or 1), and the probability of label 1 that the model gives."""

    x: float
    y: float
    label: int
    probability: float

    @property
    def right(self) -> bool:
        """Whether the model says its label: probability above 0.5 says 1."""
        return (self.probability > 0.5) == bool(self.label)


@dataclass(frozen=True)
class UnitRecord:
    """One hidden unit of the last hidden layer: its activation times ``weight`` is what it adds to the logit.

    ``grid`` holds that product at each place of the plane.
    """

    name: str
    weight: float
    grid: Grid


@dataclass(frozen=True)
class BoundaryRecord:
    """What ``pb.boundary`` returns. ``grid[row][column]`` is the probability of label 1 at ``(xs[column], ys[row])``.

    ``units`` and ``bias`` add up to the logit; they are empty where the model does not end in one ``nn.Linear``.
    ``output`` says how the model's output was read: ``"logit"``, ``"two logits"`` or ``"probability"``.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    grid: Grid
    points: tuple[PointRecord, ...]
    output: str
    units: tuple[UnitRecord, ...] = ()
    bias: float = 0.0
    left_out: int = 0
    notes: tuple[str, ...] = ()

    @property
    def accuracy(self) -> float:
        """The share of the points whose label the model says; of all that were given, up to ``left_out``."""
        return sum(point.right for point in self.points) / len(self.points) if self.points else 0.0

    def to_json(self) -> str:
        """This record as JSON; ``BoundaryRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> BoundaryRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, BoundaryRecord, PointRecord, UnitRecord)

    def __str__(self) -> str:
        from pytorch_basics.instruments.training.boundary.text import text

        return text(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pytorch_basics.instruments.training.boundary.html import html

        return {"text/html": html(self), "text/plain": str(self)}
