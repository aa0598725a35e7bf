"""A look at losses as one self-contained HTML block: the losses above, their gradients below, against the logit.

In goes a ``LossesRecord``, out comes the block of ``page.block``: SVG, no script needed. It never imports torch.
"""

from __future__ import annotations

from html import escape

from pytorch_basics.instruments import page
from pytorch_basics.instruments.chart.axis import Axis, label
from pytorch_basics.instruments.chart.frame import STYLE, frame, still
from pytorch_basics.instruments.chart.lines import CSS, key, line
from pytorch_basics.instruments.training.losses import wording
from pytorch_basics.instruments.training.losses.record import LossesRecord
from pytorch_basics.instruments.training.losses.text import text

WIDE, HIGH, LEFT, TOP = 470, 190, 64, 14


def html(record: LossesRecord) -> str:
    """The block a notebook shows, with the same picture as its still and the text twin."""
    drawn = svg(record)
    lines = "".join(f"<li>{escape(sentence)}" for sentence in wording.sentences(record))
    title = f"pb.losses: loss and gradient against the logit, target {label(record.target)}"
    return page.block(
        title=title,
        body=f"<figure>{drawn}</figure><ul class=said>{lines}</ul>",
        css=f"figure svg{{max-width:100%;height:auto}}.said{{padding-left:18px}}{STYLE}{CSS}",
        script="",
        record="{}",
        still=still(drawn).replace("</style>", f"{CSS}</style>", 1),
        text=text(record),
        height=_height(record) + 30 + 40 * len(record.curves),
    )


def _height(record: LossesRecord) -> int:
    return 2 * (HIGH + 50) + 18 * len(record.curves) + 30


def svg(record: LossesRecord) -> str:
    """Both plots, each loss with a colour, a dash and a mark of its own, and the key."""
    x = Axis(record.logits[0], record.logits[-1], LEFT, LEFT + WIDE)
    parts = []
    for k, (name, values) in enumerate(
        (
            ("loss", [curve.losses for curve in record.curves]),
            ("gradient", [curve.gradients for curve in record.curves]),
        )
    ):
        top = TOP + k * (HIGH + 50)
        low, high = min(map(min, values)), max(map(max, values))
        room = (high - low) * 0.05 or 0.5
        y = Axis(low - room, high + room, top + HIGH, top)
        for n, row in enumerate(values):
            parts.append(line(n, [(x.at(z), y.at(v)) for z, v in zip(record.logits, row, strict=True)]))
        parts.append(frame(x, y, "logit z" if k else "", name))
    names = [curve.name for curve in record.curves]
    parts.append(key(names, LEFT, TOP + 2 * (HIGH + 50) + 8))
    high_ = _height(record)
    label_ = escape("; ".join(wording.sentences(record)))
    size = f'width="560" height="{high_}" viewBox="0 0 560 {high_}"'
    return f'<svg {size} role="img" aria-label="{label_}">{"".join(parts)}</svg>'
