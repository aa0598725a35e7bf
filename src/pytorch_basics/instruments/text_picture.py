"""A text as an SVG picture: the still of an instrument whose text is a table already.

In goes text in lines, out comes an SVG document without script or address, on its own paper in the reader's theme.
"""

from __future__ import annotations

from html import escape

LINE, LEFT, CHAR = 16, 12, 6.7
MOST_LINES, MOST_CHARS = 48, 120

STYLE = (
    "text{font:11px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1d2530;white-space:pre}.p{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#e6e9ee}.p{fill:#16191e}}"
)


def picture(text: str) -> str:
    """The SVG of ``text``; what would go past 48 lines is left out, and said to be."""
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "… the rest is in the text below"]
    lines = [line if len(line) <= MOST_CHARS else f"{line[: MOST_CHARS - 1]}…" for line in lines]
    wide = round(max((len(line) for line in lines), default=0) * CHAR + 2 * LEFT)
    high = LINE * len(lines) + 16
    drawn = "".join(
        f'<text x="{LEFT}" y="{LINE * k + 20}" xml:space="preserve">{escape(line)}</text>'
        for k, line in enumerate(lines)
    )
    size = f'width="{wide}" height="{high}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {wide} {high}">'
        f'<style>{STYLE}</style><rect class="p" {size}/>{drawn}</svg>'
    )
