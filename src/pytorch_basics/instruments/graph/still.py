"""The first picture of a graph as SVG without script: what a notebook shows that is not trusted, and what stands in
the page until its script has run.

In goes the drawing of a picture, out comes an SVG document.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise

from pytorch_basics.instruments.graph.boxes import LINE, PAD, Box, Drawing
from pytorch_basics.instruments.graph.layout import Point

MOST_HIGH = 1600  # pixels: as much as anyone scrolls past, and each costs a large model its bytes

# Shown on light and dark pages alike: it brings its own paper, and follows the reader's theme.
STYLE = (
    "text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1d2530}"
    ".h{font-weight:700}.s{fill:#55606e}.b{fill:#f5f7fa;stroke:#8793a3}.e{fill:none;stroke:#6b7685}"
    ".d{stroke-dasharray:4 3}.o{stroke:#9a3412;stroke-width:2}.ot{fill:#9a3412}.p{fill:#fff}.a{fill:#6b7685}"
    "@media(prefers-color-scheme:dark){text{fill:#e6e9ee}.s{fill:#a7b0bd}.b{fill:#1f242b;stroke:#6d7887}"
    ".e{stroke:#8f9aa8}.o{stroke:#ffb38a}.ot{fill:#ffb38a}.p{fill:#16191e}.a{fill:#8f9aa8}}"
)
_ROUND = {"leaf": 13, "stop": 3, "group": 3, "from": 12, "to": 12, "op": 3}


def still(drawn: Drawing) -> str:
    """The SVG of a drawing; what is below the cut is in the text twin."""
    high = min(drawn.height, MOST_HIGH)
    size = f'width="{drawn.width}" height="{high}"'
    kinds = [drawn.boxes[line.target].item.kind for line in drawn.picture.lines]
    edges = "".join(_edge(points, kind) for points, kind in zip(drawn.paths, kinds, strict=True) if points[0][1] < high)
    boxes = "".join(_box(box) for box in drawn.boxes if box.y < high)
    cut = _text(PAD, high - PAD, "… the rest is in the text below", "h") if high < drawn.height else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {drawn.width} {high}"><style>{STYLE}</style>'
        f'<marker id="h" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto" '
        f'markerUnits="userSpaceOnUse"><path class="a" d="M0 0L8 4L0 8z"/></marker>'
        f'<rect class="p" {size}/>{edges}{boxes}{cut}</svg>'
    )


def path(points: tuple[Point, ...]) -> str:
    """The points of a line as SVG draws them: straight through a layer, bent between two."""
    (x, y), drawn = points[0], []
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) // 2
        drawn.append(f"V{y1}" if x0 == x1 else f"C{x0} {middle} {x1} {middle} {x1} {y1}")
    return f"M{x} {y}{''.join(drawn)}"


def _edge(points: tuple[Point, ...], kind: str) -> str:
    look = "e d" if kind == "stop" else "e"
    end = "" if kind == "stop" else ' marker-end="url(#h)"'
    return f'<path class="{look}" d="{path(points)}"{end}/>'


def _box(box: Box) -> str:
    kind, left, top = box.item.kind, box.x - box.width // 2, box.y - box.height // 2
    look = "b" + (" d" if kind in ("stop", "from", "to") else "") + (" o" if box.words.mark else "")
    at = f'width="{box.width}" height="{box.height}" rx="{_ROUND[kind]}"'
    behind = f'<rect class="b" x="{left + 4}" y="{top + 4}" {at}/>' if kind == "group" else ""
    lines = (*box.words.lines, *box.words.late)
    texts = "".join(
        _text(left + PAD + 2, top + PAD + LINE * n + 11, line, _look(n, line, kind)) for n, line in enumerate(lines)
    )
    return f'{behind}<rect class="{look}" x="{left}" y="{top}" {at}/>{texts}'


def _look(n: int, line: str, kind: str) -> str:
    if line.startswith("! "):
        return "ot h"
    return "h" if n == 0 and kind in ("op", "leaf", "group") else "s"


def _text(x: int, y: int, words: str, look: str) -> str:
    return f'<text class="{look}" x="{x}" y="{y}">{escape(words)}</text>'
