"""Losses and their gradients against the logit: plain data, frozen, and loss-free as JSON.

In go the numbers that ``capture`` computed; out come records that ``text``, ``html`` and the playground draw. No torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from pytorch_basics.instruments import as_json


@dataclass(frozen=True)
class CurveRecord:
    """One loss: its value and its derivative at each logit. ``floor`` is the lowest value it comes to anywhere, near 0
    for a loss that a right and sure answer can satisfy; ``far`` are the values at the logits −60 and 60."""

    name: str
    losses: tuple[float, ...]
    gradients: tuple[float, ...]
    floor: float
    far: tuple[float, float]


@dataclass(frozen=True)
class LossesRecord:
    """What ``pb.losses`` returns: one curve for each loss, all at the same ``logits`` and for the same ``target``."""

    target: float
    logits: tuple[float, ...]
    curves: tuple[CurveRecord, ...]

    def to_json(self) -> str:
        """This record as JSON; ``LossesRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> LossesRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, LossesRecord, CurveRecord)

    def __str__(self) -> str:
        from pytorch_basics.instruments.training.losses.text import text

        return text(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pytorch_basics.instruments.training.losses.html import html

        return {"text/html": html(self), "text/plain": str(self)}
