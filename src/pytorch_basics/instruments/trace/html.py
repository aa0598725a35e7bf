"""A trace as one self-contained HTML block: the source lines, the ops and the storages, each linked to the others.

In goes a ``TraceRecord``, out comes the block of ``page.block``. What was given, the lines and the error are drawn
here; ops and storages travel as compact data that ``view.js`` draws when they are unfolded, so that a large model
stays small: ``links.js`` says what belongs together, ``rows.js`` draws, ``view.js`` lights and moves. It never imports
torch.
"""

from __future__ import annotations

from html import escape

from pytorch_basics.instruments import page
from pytorch_basics.instruments.trace import fold, wording
from pytorch_basics.instruments.trace.pack import SMALL, Sums, first, packed
from pytorch_basics.instruments.trace.record import LineRecord, TraceRecord
from pytorch_basics.instruments.trace.still import still
from pytorch_basics.instruments.trace.text import text

HINT = (
    "Point at a line, an op or a storage, or press Tab and then the arrow keys: what belongs to it lights up. "
    "A click or Enter pins it; / searches."
)
LINES = ("line", "source", "ops", "new bytes", "FLOPs", "MACs")
OPS = ("op", "kind", "output", "new bytes")


def html(trace: TraceRecord) -> str:
    """The block a notebook shows, with a still picture and the text twin for where scripts do not run."""
    part = first(trace)
    rows = fold.rows(part)
    sums = wording.by_line(trace)
    picture = still(trace, rows)
    return page.block(
        title=f"pb.trace: {trace.title}",
        body=_body(trace, len(part.ops), sums, picture),
        css=page.beside(__file__, "style.css"),
        script="".join(page.beside(__file__, name) for name in ("links.js", "rows.js", "view.js")),
        record=packed(part, rows, sums),
        still=picture,
        text=text(trace),
        height=_height(trace),
    )


def _height(trace: TraceRecord) -> int:
    """About how high the page is, in pixels at 640 wide; the script corrects it where it may."""
    shown = len(trace.ops) if len(trace.ops) <= SMALL else fold.MOST_LINES
    lists = (172, 26 + 23 * (1 + len(trace.lines))), (350, 26 + 23 * shown), (266, 60 + 23 * len(trace.storages))
    error = 60 + 18 * trace.error.message.count("\n") if trace.error else 0
    return 190 + error + 20 * len(trace.notes) + sum(min(*high) + 44 for high in lists)


def _body(trace: TraceRecord, drawn: int, sums: list[Sums], picture: str) -> str:
    said = "".join(f"<li>{escape(sentence)}" for sentence in wording.highlights(trace))
    words = f"<ul>{said}</ul>" if said else ""
    return (
        f"<div class=head><h3>{escape(trace.title)}</h3><p class=facts>{escape(wording.totals(trace))}</p>{words}</div>"
        f"{_error(trace)}<output id=say aria-live=polite>{HINT}</output><noscript>{picture}</noscript>"
        f"<div class=panels>{_lines(trace, sums)}{_ops(trace, drawn)}{_storages(trace)}</div>"
    )


def _error(trace: TraceRecord) -> str:
    if trace.error is None:
        return ""
    where, *message = wording.error(trace)
    return f"<div class=failed role=alert><b>failed</b> {escape(where)}<pre>{escape(chr(10).join(message))}</pre></div>"


def _section(kind: str, title: str, beside: str, head: str, rows: str = "") -> str:
    return (
        f"<section class=of-{kind}><header><h2>{title}</h2>{beside}</header>"
        f'<div class=list id={kind} role=treegrid aria-label="{title}">'
        f'<div role=row class="r top">{head}</div><div role=rowgroup>{rows}</div></div></section>'
    )


def _head(names: tuple[str, ...], numbers: tuple[str, ...] = ()) -> str:
    return "".join(f"<span role=columnheader{' class=num' if name in numbers else ''}>{name}</span>" for name in names)


def _lines(trace: TraceRecord, sums: list[Sums]) -> str:
    order = sorted(range(len(trace.lines)), key=lambda k: (trace.lines[k].file, trace.lines[k].number))
    drawn, file = [], ""
    for k in order:
        line = trace.lines[k]
        if line.file != file:
            file = line.file
            drawn.append(
                f'<div role=row class="r"><span role=gridcell class=file>{escape(wording.file(line))}</span></div>'
            )
        drawn.append(_line(k, line, sums[k]))
    return _section("lines", "Source lines", "", _head(LINES, LINES[2:]), "".join(drawn))


def _line(at: int, line: LineRecord, numbers: tuple[str, ...]) -> str:
    cells = "".join(f"<span role=gridcell class=num>{text}</span>" for text in numbers)
    return (
        f"<div role=row class=r data-key=l{at} tabindex=-1 aria-level=1>"
        f"<span role=gridcell class=num>{line.number}</span>"
        f"<span role=gridcell class=code>{escape(line.text.strip())}</span>{cells}</div>"
    )


def _ops(trace: TraceRecord, drawn: int) -> str:
    search = (
        '<input type=search id=search placeholder="op, tensor or module (/)" aria-label="find ops by op, tensor or '
        'module" aria-controls=ops><span id=found role=status></span>'
    )
    all_ops = len(trace.ops)
    cut = f"<span>drawn: the first {drawn:,} of {all_ops:,}; the record has all</span>" if drawn < all_ops else ""
    return _section("ops", "Ops, in the order they ran", search + cut, _head(OPS, OPS[-1:]))


def _storages(trace: TraceRecord) -> str:
    head = (
        "<span role=columnheader>tensors in it</span><span role=columnheader class=num>bytes</span>"
        "<span role=columnheader class=life id=memory aria-label='from op to op; above it the live bytes'></span>"
    )
    return _section("storages", "Storages, from made to freed", f"<span>{escape(wording.peak(trace))}</span>", head)
