"""A plot's frame in SVG: box, ticks, labels, and pictures of grids that fill it.

In go two axes and what to write beside them, out come pieces of SVG. Text uses the page's colours by class, so that it
reads in light and dark; the plot itself keeps white paper, because its colours mean something.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

import numpy as np

from pytorch_basics.instruments.chart.axis import Axis, label, powers
from pytorch_basics.instruments.chart.colours import mixed
from pytorch_basics.instruments.chart.png import png


def frame(x: Axis, y: Axis, x_name: str, y_name: str, about: int = 5, logarithmic: bool = False) -> str:
    """Box, ticks and names of a plot between ``x.start`` … ``x.end`` and ``y.end`` (top) … ``y.start``; with
    ``logarithmic`` the values of ``y`` are powers of ten."""
    parts = [
        f'<rect class="box" x="{x.start:g}" y="{y.end:g}" width="{x.end - x.start:g}" height="{y.start - y.end:g}"/>'
    ]
    for value in x.ticks(about):
        parts.append(f'<path class="tick" d="M{x.at(value):.1f} {y.start:g}v4"/>')
        parts.append(f'<text class="t m" x="{x.at(value):.1f}" y="{y.start + 16:g}">{label(value)}</text>')
    values = powers(y.low, y.high, about) if logarithmic else y.ticks(about)
    beside = [label(10**value if logarithmic else value) for value in values]
    for value, words in zip(values, beside, strict=True):
        parts.append(f'<path class="tick" d="M{x.start:g} {y.at(value):.1f}h-4"/>')
        parts.append(f'<text class="t e" x="{x.start - 7:g}" y="{y.at(value) + 4:.1f}">{words}</text>')
    middle, height = (x.start + x.end) / 2, (y.start + y.end) / 2
    parts.append(f'<text class="m" x="{middle:g}" y="{y.start + 33:g}">{escape(x_name)}</text>')
    # Left of the longest label, but still on the paper.
    left = max(x.start - max(30, 17 + 6.5 * max(map(len, beside), default=0)), 11)
    parts.append(f'<text class="m" transform="translate({left:g} {height:g}) rotate(-90)">{escape(y_name)}</text>')
    return "".join(parts)


def shades(grid: Sequence[Sequence[float]], x: Axis, y: Axis, scale: tuple[str, ...], low: float, high: float) -> str:
    """A grid, its first row lowest, as a smoothed picture that fills the frame, coloured from ``low`` to ``high``."""
    values = (np.array(grid, np.float64)[::-1] - low) / ((high - low) or 1.0)
    data = b64encode(png(mixed(values, scale))).decode()
    # The middle of the outermost pixels lies on the edge of the frame: half a pixel stands over on each side.
    rows, columns = values.shape
    dx, dy = (x.end - x.start) / max(columns - 1, 1), (y.start - y.end) / max(rows - 1, 1)
    wide, high = x.end - x.start, y.start - y.end
    return (
        f'<svg x="{x.start:g}" y="{y.end:g}" width="{wide:g}" height="{high:g}" viewBox="0 0 {wide:g} {high:g}">'
        f'<image x="{-dx / 2:.2f}" y="{-dy / 2:.2f}" width="{wide + dx:.2f}" height="{high + dy:.2f}" '
        f'preserveAspectRatio="none" href="data:image/png;base64,{data}"/></svg>'
    )


def bar(scale: tuple[str, ...], x: float, top: float, bottom: float, low: str, high: str, name: str) -> str:
    """The colours of a scale with what they mean, beside a plot."""
    strip = np.linspace(1, 0, 64)[:, None]
    data = b64encode(png(mixed(strip, scale))).decode()
    return (
        f'<image x="{x:g}" y="{top:g}" width="14" height="{bottom - top:g}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>'
        f'<text class="t" x="{x + 19:g}" y="{top + 9:g}">{escape(high)}</text>'
        f'<text class="t" x="{x + 19:g}" y="{bottom:g}">{escape(low)}</text>'
        f'<text class="t m" transform="translate({x + 30:g} {(top + bottom) / 2:g}) rotate(-90)">{escape(name)}</text>'
    )


# What the classes above look like; the plot's own colours lie on white, everything else follows the page.
STYLE = (
    "svg text{font:12px system-ui,'Segoe UI',Roboto,sans-serif;fill:var(--ink,#1d2530)}svg .t{font-size:11px}"
    "svg .m{text-anchor:middle}svg .e{text-anchor:end}svg .box{fill:none;stroke:var(--soft,#55606e)}"
    "svg .tick{stroke:var(--soft,#55606e)}svg .paper{fill:#fff}svg .thin{fill:none;stroke:#111}"
    "svg .line{fill:none;stroke:#111;stroke-width:2}figure{margin:0}"
    "svg .halo{fill:none;stroke:#fff;stroke-width:4}svg .cross{fill:none;stroke:#111;stroke-width:2.2}"
    "svg .zero{fill:#fff;stroke:#0b3c78;stroke-width:1.6}svg .one{fill:#8a4300;stroke:#fff;stroke-width:1}"
    "svg .key .line,svg .key .cross{stroke:var(--ink,#1d2530)}"
)


def still(drawn: str) -> str:
    """A drawn ``<svg>`` as a document of its own, with its style and on white paper."""
    named = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return named.replace(">", f'><style>{STYLE}</style><rect class="paper" width="100%" height="100%"/>', 1)
