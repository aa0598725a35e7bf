"""What a check says: passed, a named misconception, the smallest failing case, or why it could not be judged.

In comes what the judge found, as plain data; out come one text and one HTML view of it. The text needs no colour
and the HTML repeats every sign of the text, so that both can be read by eye or by a screen reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

from pytorch_basics.language import attributes, later, say

HEADLINES = {
    "passed": later("✓ Passed"),
    "misconception": later("✗ Not yet: a common misunderstanding"),
    "wrong": later("✗ Not yet: here is the smallest case that fails"),
    "raised": later("✗ Not yet: your answer raised an error"),
    "forbidden": later("✗ Not yet: the exercise asks you to do without this"),
    "refused": later("✗ Could not be judged"),
    "todo": later("… Not answered yet (this cell is meant to fail until you edit it)"),
}


@dataclass(frozen=True)
class Panel:
    """A titled grid of cells; ``marked`` holds the (row, column) of those that differ."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[tuple[int, int]] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Verdict:
    """One answer, judged. ``status`` is a key of ``HEADLINES``; ``name`` is the misconception, where one fired;
    ``said`` is what was seen of the answer at work, in lines of its own (a report of the doctor's)."""

    exercise: str
    status: str
    message: str = ""
    name: str | None = None
    call: str = ""
    panels: tuple[Panel, ...] = ()
    trace: str = ""
    printed: str = ""
    unprotected: tuple[str, ...] = ()
    cases: int = 0
    advice: tuple[str, ...] = field(default=())
    said: str = ""

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def __str__(self) -> str:
        return text(self)

    def __repr__(self) -> str:
        return text(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": text(self), "text/html": html(self)}


def from_reply(exercise: str, fields: dict[str, Any], advice: tuple[str, ...] = ()) -> Verdict:
    """The verdict from the plain data that the judge replied."""
    panels = tuple(
        Panel(
            title=panel["title"],
            rows=tuple(map(tuple, panel["rows"])),
            marked=frozenset((row, column) for row, column in panel["marked"]),
        )
        for panel in fields.get("panels", [])
    )
    rest = {name: value for name, value in fields.items() if name not in ("panels", "unprotected")}
    unprotected = tuple(fields.get("unprotected", ()))
    return Verdict(exercise, panels=panels, unprotected=unprotected, advice=advice, **rest)


def text(verdict: Verdict) -> str:
    """The verdict as lines for a terminal."""
    lines = [f"{say(HEADLINES[verdict.status])}: {verdict.exercise}"]
    lines += [verdict.message] * bool(verdict.message)
    lines += ["", verdict.said.rstrip()] * bool(verdict.said)
    lines += ["", f"{say('The call')}: {verdict.call}"] * bool(verdict.call)
    for panel in verdict.panels:
        lines += ["", panel.title, *_rows(panel)]
    if verdict.trace:
        lines += ["", f"{say('In your code')}:", verdict.trace.rstrip()]
    if verdict.printed:
        lines += ["", f"{say('It printed')}:", verdict.printed.rstrip()]
    lines += [f"\n{line}" for line in verdict.advice]
    lines += [f"{say('Note')}: {note}." for note in verdict.unprotected]
    return "\n".join(lines)


def _rows(panel: Panel) -> list[str]:
    cells = [[_marked(panel, r, c) for c in range(len(row))] for r, row in enumerate(panel.rows)]
    width = max((len(cell) for row in cells if len(row) > 1 for cell in row), default=0)
    return [("  " + " ".join(cell.rjust(width) for cell in row)).rstrip() for row in cells]


def _marked(panel: Panel, row: int, column: int) -> str:
    sign = "≠" if (row, column) in panel.marked else ""
    return f"{sign}{panel.rows[row][column]}"


_STYLE = (
    "font-family:system-ui,sans-serif;border-inline-start:6px {line} {color};"
    "padding:.4em .8em;margin:.3em 0;max-width:50em"
)
_LOOK = {"passed": ("solid", "#0a7d43"), "todo": ("dotted", "#6b6b6b"), "refused": ("double", "#8a5a00")}


def html(verdict: Verdict) -> str:
    """The verdict as a block for a notebook: no script, no external address, colours of the reader's theme."""
    line, color = _LOOK.get(verdict.status, ("dashed", "#b3261e"))
    body = [
        f"<strong>{escape(say(HEADLINES[verdict.status]))}</strong> <code dir='ltr'>{escape(verdict.exercise)}</code>"
    ]
    body += [f"<p style='margin:.3em 0'>{_code(verdict.message)}</p>"] * bool(verdict.message)
    if verdict.said:
        body.append(f"<pre dir='ltr' style='margin:.6em 0;white-space:pre-wrap'>{escape(verdict.said.rstrip())}</pre>")
    call = f"{escape(say('The call'))}: <code dir='ltr'>{escape(verdict.call)}</code>"
    body += [f"<p style='margin:.3em 0'>{call}</p>"] * bool(verdict.call)
    if verdict.panels:
        body.append(f"<div style='display:flex;flex-wrap:wrap;gap:1.2em'>{''.join(map(_table, verdict.panels))}</div>")
    body += [_pre(say("In your code"), verdict.trace)] * bool(verdict.trace)
    body += [_pre(say("It printed"), verdict.printed)] * bool(verdict.printed)
    body += [f"<p style='margin:.3em 0'>{_code(line)}</p>" for line in verdict.advice]
    body += [
        f"<p style='margin:.3em 0'><small>{escape(say('Note'))}: {escape(note)}.</small></p>"
        for note in verdict.unprotected
    ]
    style = _STYLE.format(line=line, color=color)
    return f"<div role='status' class='pb-verdict' {attributes()} style='{style}'>{''.join(body)}</div>"


def _code(text: str) -> str:
    """Backticks to ``<code>``; the rest escaped."""
    return re.sub("`([^`]+)`", r"<code dir='ltr'>\1</code>", escape(text))


def _pre(title: str, body: str) -> str:
    shown = f"<pre dir='ltr' style='margin:.3em 0'>{escape(body.rstrip())}</pre>"
    return f"<p style='margin:.3em 0'>{escape(title)}:</p>{shown}"


def _table(panel: Panel) -> str:
    rows = []
    for r, row in enumerate(panel.rows):
        cells = []
        for c in range(len(row)):
            differs = (r, c) in panel.marked
            style = "padding:.1em .5em;text-align:right;" + (
                "outline:2px solid currentColor;font-weight:bold" * differs
            )
            cells.append(f"<td style='{style}'>{escape(_marked(panel, r, c))}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = f"<caption style='text-align:left;white-space:nowrap'>{escape(panel.title)}</caption>"
    return f"<table dir='ltr' style='border-collapse:collapse;margin:.3em 0'>{caption}{''.join(rows)}</table>"
