"""A boundary as one self-contained HTML block: the probability as a surface, its 0.5 line, the points, and what each
hidden unit adds.

In goes a ``BoundaryRecord``, out comes the block of ``page.block``: SVG, no script needed. It never imports torch.
"""

from __future__ import annotations

from html import escape

from pytorch_basics.instruments import page
from pytorch_basics.instruments.chart.axis import Axis, signed
from pytorch_basics.instruments.chart.colours import SPLIT
from pytorch_basics.instruments.chart.contour import path
from pytorch_basics.instruments.chart.frame import STYLE, bar, frame, shades, still
from pytorch_basics.instruments.training.boundary import wording
from pytorch_basics.instruments.training.boundary.record import BoundaryRecord, PointRecord, UnitRecord
from pytorch_basics.instruments.training.boundary.text import text

SIDE, LEFT, TOP = 330, 64, 12
SMALL, ACROSS = 84, 5


def html(record: BoundaryRecord) -> str:
    """The block a notebook shows, with the same picture as its still and the text twin."""
    drawn, said = svg(record), wording.sentences(record)
    lines = "".join(f"<li>{escape(sentence)}" for sentence in (*said, *wording.units(record)))
    return page.block(
        title=f"pb.boundary: {said[0]}",
        body=f"<figure>{drawn}</figure><ul class=said>{lines}</ul>",
        css="figure svg { max-width: 100%; height: auto; } .said { padding-left: 18px; }" + STYLE,
        script="",
        record="{}",
        still=still(drawn),
        text=text(record),
        height=height(record) + 60 + 20 * (len(said) + len(wording.units(record))),
    )


def height(record: BoundaryRecord) -> int:
    """How high the picture is, in pixels."""
    return TOP + SIDE + 46 + (SMALL + 34) * -(-len(record.units) // ACROSS)


def svg(record: BoundaryRecord) -> str:
    """The picture: surface, line, points, legend; below it one small surface for each hidden unit."""
    x = Axis(record.xs[0], record.xs[-1], LEFT, LEFT + SIDE)
    y = Axis(record.ys[0], record.ys[-1], TOP + SIDE, TOP)
    places = [x.at(value) for value in record.xs], [y.at(value) for value in record.ys]
    line = path(record.grid, 0.5, *places)
    parts = [
        shades(record.grid, x, y, SPLIT, 0.0, 1.0),
        f'<path class="halo" d="{line}"/><path class="line" d="{line}"/>',
        *(_point(point, x.at(point.x), y.at(point.y)) for point in record.points),
        frame(x, y, "first input", "second input"),
        bar(SPLIT, LEFT + SIDE + 16, TOP, TOP + 130, "0", "1", "probability of 1"),
        _legend(LEFT + SIDE + 16, TOP + 170),
        *(_unit(record, unit, k) for k, unit in enumerate(record.units)),
    ]
    size = f'width="560" height="{height(record)}" viewBox="0 0 560 {height(record)}"'
    label = escape("; ".join(wording.sentences(record)))
    return f'<svg {size} role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _point(point: PointRecord, x: float, y: float) -> str:
    """A circle for label 0, a square for label 1; a cross over one that lies on the wrong side."""
    shape = (
        f'<rect class="one" x="{x - 3.2:.1f}" y="{y - 3.2:.1f}" width="6.4" height="6.4"/>'
        if point.label
        else f'<circle class="zero" cx="{x:.1f}" cy="{y:.1f}" r="3.4"/>'
    )
    if point.right:
        return shape
    cross = f'd="M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10"'
    return f'{shape}<path class="halo" {cross}/><path class="cross" {cross}/>'


def _legend(x: float, y: float) -> str:
    marks = (
        f'<circle class="zero" cx="{x + 7}" cy="{y}" r="3.4"/>',
        f'<rect class="one" x="{x + 4}" y="{y + 17}" width="6.4" height="6.4"/>',
        f'<path class="cross" d="M{x + 2} {y + 36}l10 10m0 -10l-10 10"/>',
        f'<path class="line" d="M{x} {y + 61}h14"/>',
    )
    names = ("label 0", "label 1", "wrong side", "probability 0.5")
    words = (f'<text class="t" x="{x + 19}" y="{y + 4 + 20 * k}">{name}</text>' for k, name in enumerate(names))
    return f'<g class="key">{"".join((*marks, *words))}</g>'


def _unit(record: BoundaryRecord, unit: UnitRecord, k: int) -> str:
    left = LEFT + (k % ACROSS) * (SMALL + 14)
    top = TOP + SIDE + 58 + (k // ACROSS) * (SMALL + 34)
    most = max(abs(value) for one in record.units for row in one.grid for value in row) or 1.0
    x, y = Axis(0, 1, left, left + SMALL), Axis(0, 1, top + SMALL, top)
    xs = [x.at(i / (len(unit.grid) - 1)) for i in range(len(unit.grid))]
    ys = [y.at(i / (len(unit.grid) - 1)) for i in range(len(unit.grid))]
    return (
        f"{shades(unit.grid, x, y, SPLIT, -most, most)}"
        f'<path class="thin" d="{path(unit.grid, 0.0, xs, ys)}"/>'
        f'<rect class="box" x="{left}" y="{top}" width="{SMALL}" height="{SMALL}"/>'
        f'<text class="t" x="{left}" y="{top + SMALL + 14}">{escape(unit.name)}: {signed(unit.weight)}</text>'
    )
