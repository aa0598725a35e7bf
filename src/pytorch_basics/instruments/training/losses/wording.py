"""The words of a look at losses: where each is low, where it stops learning, in sentences that text and HTML share.

In goes a ``LossesRecord``, out come sentences.
"""

from __future__ import annotations

from pytorch_basics.instruments.chart.axis import label, signed
from pytorch_basics.instruments.training.losses.record import CurveRecord, LossesRecord

FLOOR = 0.01  # a loss that cannot come below this has a floor worth telling


def sentence(record: LossesRecord, curve: CurveRecord) -> str:
    """What one loss does: its floor, and the gradient for an answer that is sure and wrong."""
    right = 1 if record.target > 0.5 else 0
    end = 0 if right else -1
    slope = signed(curve.gradients[end], ".3g")
    said = f"{curve.name}: at z = {label(record.logits[end])}, sure and wrong, the gradient is {slope}"
    if 0 < record.target < 1:
        return f"{said}; lowest value {curve.floor:.4f}"
    floor = f"is never below {curve.floor:.4f}, however sure and right" if curve.floor > FLOOR else "comes down to 0"
    return f"{said}; the loss {floor}"


def sentences(record: LossesRecord) -> list[str]:
    """One sentence for each loss."""
    return [sentence(record, curve) for curve in record.curves]
