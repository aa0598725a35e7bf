"""A report for a terminal, a screen reader, a test.

In goes a ``Report``; out come lines no wider than the terminal (40 to 110 columns). No torch.
"""

from __future__ import annotations

import shutil
from textwrap import wrap

from pytorch_basics.doctor.finding import Report
from pytorch_basics.doctor.outline import Line, Outline, Section, outline

LEAST_WIDE, MOST_WIDE = 40, 110
INDENT = "   "


def text(report: Report, wide: int | None = None) -> str:
    """The whole report; ``wide`` columns, those of the terminal by default."""
    return drawn(outline(report), min(max(wide or shutil.get_terminal_size().columns, LEAST_WIDE), MOST_WIDE))


def drawn(page: Outline, wide: int) -> str:
    """An outline in lines of at most ``wide`` columns; source is cut, prose is wrapped."""
    blocks = [_folded(f"The doctor: {page.headline}", wide), *([_all(page.said, wide)] if page.said else [])]
    numbered = len(page.sections) > 1
    blocks += [_section(section, f"{k}. " if numbered else "", wide) for k, section in enumerate(page.sections, 1)]
    blocks += [_all([f"Note: {note}" for note in page.notes], wide)] if page.notes else []
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks)


def _all(sentences: tuple[str, ...] | list[str], wide: int) -> list[str]:
    return [line for sentence in sentences for line in _folded(sentence, wide)]


def _section(section: Section, number: str, wide: int) -> list[str]:
    head = _folded(f"{number}{section.title}", wide)
    where = " · ".join(part for part in (section.where, section.tag) if part)
    lines = [*head, *([INDENT + cut(where, wide - len(INDENT))] if where else []), *_source(section.lines, wide)]
    label_wide = max((len(label) for label, _ in section.rows), default=0)
    before = ""
    for label, words in section.rows:
        lines += _row("" if label == before else label, words, label_wide, wide)
        before = label
    return lines


def _source(lines: tuple[Line, ...], wide: int) -> list[str]:
    label_wide = max((len(line.label) for line in lines), default=0)
    return [
        cut(f"{INDENT}{'>' if line.change else ' '} {line.label:>{label_wide}} | {line.text}", wide) for line in lines
    ]


def _row(label: str, words: str, label_wide: int, wide: int) -> list[str]:
    room = wide - len(INDENT) - label_wide - 2
    if room < 24:  # a narrow terminal: the label on a line of its own
        return [f"{INDENT}{label}"] * bool(label) + [f"{INDENT}  {line}" for line in _folded(words, wide - 5)]
    return [f"{INDENT}{label if k == 0 else '':<{label_wide}}  {line}" for k, line in enumerate(_folded(words, room))]


def _folded(words: str, wide: int) -> list[str]:
    """Wrapped at spaces; the writer's own line breaks stay."""
    return [line for part in words.splitlines() for line in wrap(part, wide, break_on_hyphens=False) or [""]]


def cut(line: str, wide: int) -> str:
    """A line of at most ``wide`` columns; what was cut off is marked."""
    return line if len(line) <= wide else f"{line[: wide - 1]}…"
