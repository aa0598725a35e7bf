"""Watched training as pictures: loss and gradient norm against the step, and the boundary beside them.

In goes a ``WatchRecord``; out comes the plain SVG that is shown while it runs (an image: it does not flicker), and
afterwards the block of ``page.block``. It never imports torch.
"""

from __future__ import annotations

from html import escape
from math import isfinite, log10

from pytorch_basics.instruments import page
from pytorch_basics.instruments.chart.axis import Axis
from pytorch_basics.instruments.chart.frame import STYLE, frame, still
from pytorch_basics.instruments.chart.lines import CSS, line
from pytorch_basics.instruments.training.boundary import html as boundary
from pytorch_basics.instruments.training.watch.record import WatchRecord
from pytorch_basics.instruments.training.watch.text import line as words
from pytorch_basics.instruments.training.watch.text import text

WIDE, HIGH, LEFT, TOP = 400, 130, 72, 46


def html(record: WatchRecord) -> str:
    """The block a notebook keeps, with the same picture as its still and the text twin."""
    drawn = svg(record)
    return page.block(
        title=f"pb.watch: {record.name}, {words(record)}",
        body=f"<figure>{drawn}</figure>",
        css=f"figure svg{{max-width:100%;height:auto}}{STYLE}{CSS}",
        script="",
        record="{}",
        still=live(record),
        text=text(record),
        height=_height(record) + 40,
    )


def live(record: WatchRecord) -> str:
    """The picture as an SVG document of its own: what is shown, and replaced, while training runs."""
    return still(svg(record)).replace("</style>", f"{CSS}</style>", 1)


def svg(record: WatchRecord) -> str:
    """Both curves, and the boundary below them where there is one."""
    loss = [(s.step, s.loss) for s in record.samples if s.loss is not None]
    grad = [(s.step, s.grad) for s in record.samples if s.grad is not None]
    said = f"{record.name}: {words(record, spark_wide=0)}"
    where, *rest = said.split(" · ")  # two lines: the paper is not wide enough for one
    parts = [f'<text x="10" y="{18 + 16 * k}">{escape(row)}</text>' for k, row in enumerate((where, " · ".join(rest)))]
    parts += [_curve(0, "loss", loss, record), _curve(1, "|gradient|", grad, record)]
    if record.boundary:
        inner = boundary.svg(record.boundary)
        parts.append(inner.replace("<svg ", f'<svg y="{TOP + 2 * (HIGH + 50)}" ', 1))
    high = _height(record)
    size = f'width="560" height="{high}" viewBox="0 0 560 {high}"'
    return f'<svg {size} role="img" aria-label="{escape(said)}">{"".join(parts)}</svg>'


def _height(record: WatchRecord) -> int:
    return TOP + 2 * (HIGH + 50) + (boundary.height(record.boundary) if record.boundary else 0)


def _curve(number: int, name: str, points: list[tuple[int, float]], record: WatchRecord) -> str:
    """One curve on a logarithmic scale: losses and gradients fall by factors."""
    top = TOP + number * (HIGH + 50)
    seen = [(step, log10(max(value, 1e-12))) for step, value in points if isfinite(value)]
    low, high = min((v for _, v in seen), default=-1.0), max((v for _, v in seen), default=0.0)
    room = max((high - low) * 0.08, 0.05)
    x = Axis(0, max(record.planned or 0, record.steps, 1), LEFT, LEFT + WIDE)
    y = Axis(low - room, high + room, top + HIGH, top)
    drawn = line(number, [(x.at(step), y.at(value)) for step, value in seen]) if seen else ""
    lost = len(points) - len(seen)
    note = f'<text class="t" x="{LEFT + 8}" y="{top + 16}">{lost} values are not finite</text>' if lost else ""
    return drawn + note + frame(x, y, "step" if number else "", name, about=4, logarithmic=True)
