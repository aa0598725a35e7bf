"""A report as one self-contained HTML block, drawn as text is drawn, from the same outline.

In goes a ``Report``, out comes the block of ``page.block``; no script needed, no external address. No torch.
"""

from __future__ import annotations

import re
from html import escape

from pytorch_basics.doctor.finding import Report
from pytorch_basics.doctor.outline import Line, Outline, Section, outline
from pytorch_basics.doctor.text import drawn
from pytorch_basics.instruments import page
from pytorch_basics.instruments.text_picture import picture

COLUMNS = 100  # of the text twin
CSS = (
    ".head{padding:6px 10px;border:2px solid var(--odd);border-radius:4px;margin:0 0 10px}"
    ".good{border-color:var(--line)}"
    ".head h3,.head p{margin:0}.head p{color:var(--soft);white-space:pre-wrap;overflow-wrap:anywhere}"
    "section{border-left:4px solid var(--odd);padding:2px 0 2px 10px;margin:0 0 14px}"
    "section.maybe{border-left-style:dashed}"
    ".where{color:var(--soft)}.tag{margin-left:8px}"
    "pre{margin:6px 0;padding:6px 8px;background:var(--cell);overflow-x:auto}"
    "pre,code{font:12px/1.5 ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}"
    "code{background:var(--cell)}mark{background:var(--on-cell);color:var(--ink);font-weight:600}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 12px;margin:4px 0}"
    "dt{color:var(--soft)}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}.instead{font-weight:600}"
    "@media(max-width:480px){dl{display:block}dd{margin:0 0 6px}}"
)


def html(report: Report) -> str:
    """The block a notebook shows, with a still picture and the text twin for where frames do not show."""
    said = outline(report)
    words = drawn(said, COLUMNS)
    return page.block(
        title=f"The doctor: {said.headline}",
        body=_body(said),
        css=CSS,
        script="",
        record="{}",
        still=picture(words),
        text=words,
        height=60 + 20 * len(words.splitlines()),
    )


def _body(said: Outline) -> str:
    head = "".join(f"<p>{_code(sentence)}" for sentence in said.said)
    sections = "".join(map(_section, said.sections))
    notes = "".join(f"<p class=facts>Note: {escape(note)}" for note in said.notes)
    good = " good" if said.good else ""
    return f'<div class="head{good}" role=status><h3>{escape(said.headline)}</h3>{head}</div>{sections}{notes}'


def _section(section: Section) -> str:
    maybe = " class=maybe" if section.tag.startswith("maybe") else ""
    tag = f"<span class=tag>· {escape(section.tag)}</span>" if section.tag else ""
    source = f"<pre>{''.join(map(_line, section.lines))}</pre>" if section.lines else ""
    return (
        f"<section{maybe}><h3>{_code(section.title)}</h3><p class=where>{escape(section.where)}{tag}</p>"
        f"{source}<dl>{_rows(section.rows)}</dl></section>"
    )


def _line(line: Line) -> str:
    inside = f"{'▶' if line.change else ' '} {escape(line.label)}  {escape(line.text)}"
    return f'<mark aria-label="the line to change">{inside}</mark>\n' if line.change else f"{inside}\n"


def _rows(rows: tuple[tuple[str, str], ...]) -> str:
    before, out = "", []
    for label, words in rows:
        name = "" if label == before else escape(label)
        kind = " class=instead" if label == "write instead" else ""
        out.append(f"<dt>{name}<dd{kind}>{_code(words)}")
        before = label
    return "".join(out)


def _code(words: str) -> str:
    """Backticks to ``<code>``; the rest escaped."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(words))
