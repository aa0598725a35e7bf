"""A summary as one self-contained HTML block: the module tree as a table that folds, and what is not registered.

In goes a ``ModuleRecord``, out comes the block of ``page.block``. Everything is drawn here; ``view.js`` only folds and
moves the focus. It never imports torch.
"""

from __future__ import annotations

from html import escape

from pytorch_basics.instruments import page
from pytorch_basics.instruments.module import wording
from pytorch_basics.instruments.module.fold import Fold, Row
from pytorch_basics.instruments.module.record import ModuleRecord
from pytorch_basics.instruments.module.text import text
from pytorch_basics.instruments.text_picture import picture

MOST_OPEN = 40  # rows a page opens with; deeper ones are folded
NUMBERS = (3, 4, 5)
HINT = "Arrow keys move; right unfolds, left folds."


def html(record: ModuleRecord) -> str:
    """The block a notebook shows, with a still picture and the text twin for where scripts do not run."""
    rows, said = Fold(record).rows, text(record)
    depth = opened(rows)
    shown = sum(row.depth <= depth for row in rows)
    return page.block(
        title=f"pb.summary: {record.layers[0].kind}, {record.total:,} parameters",
        body=_problems(record) + _table(record, rows, depth) + _totals(record),
        css=page.beside(__file__, "style.css"),
        script=page.beside(__file__, "view.js"),
        record="{}",
        still=picture(said),
        text=said,
        height=90 + 24 * (shown + len(record.strays)) + 20 * len(wording.totals(record)),
    )


def opened(rows: list[Row]) -> int:
    """The deepest level that still fits on a page; the first two levels always do."""
    depth = max((row.depth for row in rows), default=0)
    while depth > 1 and sum(row.depth <= depth for row in rows) > MOST_OPEN:
        depth -= 1
    return depth


def _problems(record: ModuleRecord) -> str:
    said = [wording.stray(stray) for stray in record.strays]
    said += [never] if (never := wording.never(record)) else []
    said += [f"the forward pass stopped: {record.error}"] if record.error else []
    items = "".join(f"<li><b>!</b> {escape(sentence)}" for sentence in said)
    return f"<ul class=problems>{items}</ul>" if said else ""


def _table(record: ModuleRecord, rows: list[Row], depth: int) -> str:
    cells = [wording.cells(record, row) for row in rows]
    used = [k for k in range(len(wording.HEADINGS)) if any(line[k] for line in cells)]
    head = "".join(f"<th scope=col{_number(k)}>{wording.HEADINGS[k] or 'remarks'}" for k in used)
    body = "".join(_row(rows, k, [cells[k][c] for c in used], used, depth) for k in range(len(rows)))
    hint = HINT if any(_has_inside(rows, k) for k in range(1, len(rows))) else ""
    return (
        f"<div class=scroll><table role=treegrid aria-label='the layers of {escape(record.layers[0].kind)}'>"
        f"<thead><tr>{head}<tbody>{body}</table></div><p class=facts>{hint}</p>"
    )


def _has_inside(rows: list[Row], at: int) -> bool:
    return at + 1 < len(rows) and rows[at + 1].depth > rows[at].depth


def _row(rows: list[Row], at: int, cells: list[str], used: list[int], depth: int) -> str:
    row, (first, *rest) = rows[at], map(escape, cells)
    hidden = " hidden" if row.depth > depth else ""
    expanded = f" aria-expanded={'true' if row.depth < depth else 'false'}" if _has_inside(rows, at) else ""
    others = "".join(f"<td{_number(k)}>{cell}" for k, cell in zip(used[1:], rest, strict=True))
    return (
        f"<tr aria-level={row.depth + 1} tabindex=-1{expanded}{hidden}>"
        f'<th scope=row title="{first}" style="padding-left:{row.depth * 16 + 4}px">'
        f"<span class=sign aria-hidden=true></span>{first}{others}"
    )


def _number(column: int) -> str:
    return " class=num" if column in NUMBERS else ""


def _totals(record: ModuleRecord) -> str:
    items = "".join(f"<li>{escape(sentence)}" for sentence in (*wording.totals(record), *record.notes))
    return f"<ul class=totals>{items}</ul>"
