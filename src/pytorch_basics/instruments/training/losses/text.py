"""The text twin of a look at losses: a table of values and gradients at some logits.

In goes a ``LossesRecord``, out comes text. It never imports torch.
"""

from __future__ import annotations

from pytorch_basics.instruments.chart.axis import label
from pytorch_basics.instruments.training.losses import wording
from pytorch_basics.instruments.training.losses.record import LossesRecord

COLUMNS = 9


def text(record: LossesRecord) -> str:
    """Two tables, losses and gradients, then a sentence for each loss."""
    every = [round(k * (len(record.logits) - 1) / (COLUMNS - 1)) for k in range(COLUMNS)]
    wide = max(len(curve.name) for curve in record.curves)
    head = f"{'logit z':<{wide}}  " + "  ".join(f"{label(record.logits[k]):>7}" for k in every)
    blocks = [f"target y = {label(record.target)}"]
    for title, values in (
        ("loss", [curve.losses for curve in record.curves]),
        ("gradient of the loss with respect to z", [curve.gradients for curve in record.curves]),
    ):
        rows = [
            f"{curve.name:<{wide}}  " + "  ".join(f"{row[k]:>7.3f}".replace("-0.000", " 0.000") for k in every)
            for curve, row in zip(record.curves, values, strict=True)
        ]
        blocks.append("\n".join([title, head, *rows]))
    return "\n\n".join([*blocks, "\n".join(wording.sentences(record))])
