"""A landscape as one self-contained HTML block: the loss as shades with lines of equal loss, and the path on it.

In goes a ``LandscapeRecord``, out comes the block of ``page.block``: SVG, no script needed. It never imports torch.
"""

from __future__ import annotations

from html import escape

from pytorch_basics.instruments import page
from pytorch_basics.instruments.chart.axis import Axis
from pytorch_basics.instruments.chart.colours import CIVIDIS
from pytorch_basics.instruments.chart.contour import path
from pytorch_basics.instruments.chart.frame import STYLE, bar, frame, shades, still
from pytorch_basics.instruments.training.landscape import wording
from pytorch_basics.instruments.training.landscape.record import LandscapeRecord
from pytorch_basics.instruments.training.landscape.text import text

SIDE, LEFT, TOP, LINES = 360, 64, 12, 9
CSS = (
    "figure svg{max-width:100%;height:auto}.said{padding-left:18px}"
    "svg .equal{fill:none;stroke:#fff;stroke-width:.8;opacity:.75}"
    "svg .below{fill:none;stroke:#111;stroke-width:2;opacity:.3}svg .under{fill:none;stroke:#111;stroke-width:4.5}"
    "svg .way{fill:none;stroke:#fff;stroke-width:2}svg .stop{fill:#fff;stroke:#111}"
    "svg .start{fill:#fff;stroke:#111;stroke-width:2}svg .end{fill:#fff;stroke:#111;stroke-width:2}"
)


def html(record: LandscapeRecord) -> str:
    """The block a notebook shows, with the same picture as its still and the text twin."""
    drawn, said = svg(record), wording.sentences(record)
    lines = "".join(f"<li>{escape(sentence)}" for sentence in said)
    return page.block(
        title=f"pb.landscape: {said[0]}",
        body=f"<figure>{drawn}</figure><ul class=said>{lines}</ul>",
        css=STYLE + CSS,
        script="",
        record="{}",
        still=still(drawn).replace("</style>", f"{CSS}</style>", 1),
        text=text(record),
        height=SIDE + 100 + 20 * len(said),
    )


def svg(record: LandscapeRecord) -> str:
    """The picture: shades, lines of equal loss, the path from its start (circle) to its end (diamond)."""
    x = Axis(record.a[0], record.a[-1], LEFT, LEFT + SIDE)
    y = Axis(record.b[0], record.b[-1], TOP + SIDE, TOP)
    grid, low, high = wording.heights(record)
    xs, ys = [x.at(value) for value in record.a], [y.at(value) for value in record.b]
    levels = [low + (high - low) * (k + 1) / (LINES + 1) for k in range(LINES)]
    equal = "".join(path(grid, level, xs, ys) for level in levels)
    places = [(x.at(stop.a), y.at(stop.b)) for stop in record.path]
    high_words, low_words = (f"{wording.loss_at(record, height):.3g}" for height in (high, low))
    parts = [
        shades(grid, x, y, CIVIDIS, low, high),
        f'<path class="below" d="{equal}"/><path class="equal" d="{equal}"/>',
        _inside(x, y, _way(places) or _diamond(x.at(record.here.a), y.at(record.here.b))),
        frame(x, y, record.a_name, record.b_name),
        bar(CIVIDIS, LEFT + SIDE + 16, TOP, TOP + 150, low_words, high_words, "loss"),
        _legend(LEFT + SIDE + 16, TOP + 190, bool(places)),
    ]
    label = escape("; ".join(wording.sentences(record)))
    size = f'width="560" height="{SIDE + 56}" viewBox="0 0 560 {SIDE + 56}"'
    return f'<svg {size} role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _inside(x: Axis, y: Axis, drawn: str) -> str:
    # A nested svg cuts what lies beyond the frame.
    box = f"{x.start:g} {y.end:g} {x.end - x.start:g} {y.start - y.end:g}"
    place = f'x="{x.start:g}" y="{y.end:g}" width="{x.end - x.start:g}" height="{y.start - y.end:g}"'
    return f'<svg {place} viewBox="{box}">{drawn}</svg>'


def _way(places: list[tuple[float, float]]) -> str:
    if not places:
        return ""
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = "".join(f'<circle class="stop" cx="{x:.1f}" cy="{y:.1f}" r="2"/>' for x, y in places[1:-1])
    (x, y), end = places[0], places[-1]
    start = f'<circle class="start" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    return f'<path class="under" d="{line}"/><path class="way" d="{line}"/>{dots}{start}{_diamond(*end)}'


def _diamond(x: float, y: float) -> str:
    return f'<path class="end" d="M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7z"/>'


def _legend(x: float, y: float, moved: bool) -> str:
    marks = f'<circle class="start" cx="{x + 7}" cy="{y}" r="5"/>{_diamond(x + 7, y + 24)}' if moved else ""
    marks = marks or _diamond(x + 7, y)
    names = ("start", "end") if moved else ("here",)
    words = (f'<text class="t" x="{x + 19}" y="{y + 4 + 24 * k}">{name}</text>' for k, name in enumerate(names))
    return marks + "".join(words)
