"""Lines that are told apart without colour: each has a dash and a mark of its own besides.

In go the number of a line and its points in pixels, out come pieces of SVG; ``CSS`` colours them (Okabe and Ito's set,
darkened to contrast with white, lighter ones on dark paper).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import hypot

DASHES = ("", "8 4", "2 3", "10 3 2 3", "14 4", "5 2")
MARKS = ("circle", "square", "diamond", "cross", "triangle", "bar")
BETWEEN = 60  # pixels from mark to mark

CSS = (
    "svg .l{fill:none;stroke-width:2}svg .k{stroke-width:1.6}"
    "svg .c0{stroke:#0b57a4;--m:#0b57a4}svg .c1{stroke:#b35900;--m:#b35900}svg .c2{stroke:#00664c;--m:#00664c}"
    "svg .c3{stroke:#8e3a6d;--m:#8e3a6d}svg .c4{stroke:#4d4d4d;--m:#4d4d4d}svg .c5{stroke:#7a5c00;--m:#7a5c00}"
    "svg .f{fill:var(--m)}svg .o{fill:none}"
    "@media(prefers-color-scheme:dark){body svg .c0{stroke:#8cc4ff;--m:#8cc4ff}body svg .c1{stroke:#ffb267;--m:#ffb267}"
    "body svg .c2{stroke:#6fd6b4;--m:#6fd6b4}body svg .c3{stroke:#f0a3cf;--m:#f0a3cf}"
    "body svg .c4{stroke:#cfcfcf;--m:#cfcfcf}body svg .c5{stroke:#e6cf6b;--m:#e6cf6b}}"
)


def line(number: int, points: Sequence[tuple[float, float]]) -> str:
    """The line with this number, a mark on it about every 60 pixels, those of different lines beside each other."""
    colour, dash = f"c{number % 6}", DASHES[number % 6]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    marks, gone, wanted = [], 0.0, 14.0 + 9 * (number % 6)
    for k, (x, y) in enumerate(points):
        gone += hypot(x - points[k - 1][0], y - points[k - 1][1]) if k else 0.0
        if gone >= wanted:
            marks.append(mark(number, x, y))
            wanted = gone + BETWEEN
    return f'<path class="l {colour}"{dashed} d="{path}"/>{"".join(marks)}'


def mark(number: int, x: float, y: float) -> str:
    """The mark of a line at a place."""
    kind = f'class="k c{number % 6}'
    shapes = {
        "circle": f'<circle {kind} f" cx="{x:.1f}" cy="{y:.1f}" r="3"/>',
        "square": f'<rect {kind} f" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>',
        "diamond": f'<path {kind} f" d="M{x:.1f} {y - 4:.1f}l4 4l-4 4l-4 -4z"/>',
        "cross": f'<path {kind} o" d="M{x - 3.5:.1f} {y - 3.5:.1f}l7 7m0 -7l-7 7"/>',
        "triangle": f'<path {kind} f" d="M{x:.1f} {y - 4:.1f}l4 7h-8z"/>',
        "bar": f'<path {kind} o" d="M{x:.1f} {y - 5:.1f}v10"/>',
    }
    return shapes[MARKS[number % 6]]


def key(names: Sequence[str], x: float, y: float) -> str:
    """What each line is, one below the other."""
    parts = []
    for k, name in enumerate(names):
        high = y + 18 * k
        dashed = f' stroke-dasharray="{DASHES[k % 6]}"' if DASHES[k % 6] else ""
        parts.append(f'<path class="l c{k % 6}"{dashed} d="M{x} {high}h36"/>{mark(k, x + 18, high)}')
        parts.append(f'<text class="t" x="{x + 46}" y="{high + 4}">{escape(name)}</text>')
    return "".join(parts)
