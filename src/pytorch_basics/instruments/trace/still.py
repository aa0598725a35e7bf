"""The still picture of a trace, as SVG: what an untrusted notebook, or a page without scripts, shows.

In go a ``TraceRecord`` and its folded rows, out comes an SVG document without script: the rows that stand open, what
each op did, and the life of what it allocated on an axis of ops.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from pytorch_basics.instruments.trace import fold, wording
from pytorch_basics.instruments.trace.record import OpRecord, TraceRecord

CHAR, LINE, LEFT, WIDE = 6.7, 19, 12, 720
KIND, OUT, SIZE, BARS = 290, 352, 560, 574  # where the columns begin; SIZE is where its column ends
MOST_ROWS = 40
MOST_CHARS = 100

# Shown on light and dark pages alike: it brings its own paper, and follows the reader's theme.
STYLE = (
    "text{font:11px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1d2530;white-space:pre}"
    ".s{fill:#55606e}.h{font-weight:700}.o{fill:#9a3412;font-weight:700}.e{text-anchor:end}.p{fill:#fff}"
    "path{fill:#55606e}@media(prefers-color-scheme:dark){text{fill:#e6e9ee}.s{fill:#a7b0bd}.o{fill:#ffb38a}"
    ".p{fill:#16191e}path{fill:#a7b0bd}}"
)


def still(trace: TraceRecord, rows: tuple[fold.Row, ...]) -> str:
    """The SVG of a trace; what would go past 40 rows is left out, and said to be."""
    lines = [_text(trace.title, kind="h"), _text(f"{wording.totals(trace)} · {wording.peak(trace)}", kind="s")]
    if trace.error:
        said = [part for sentence in wording.error(trace) for part in sentence.splitlines()]
        lines += [_text(f"failed: {said[0]}", kind="o"), *(_text(part) for part in said[1:6])]
    lines += [_text(sentence) for sentence in wording.highlights(trace)[:6]]
    lines.append(_head())
    open_rows = list(_open(rows, fold.depth(rows, MOST_ROWS), 0))
    lines += [_row(trace, row, deep) for deep, row in open_rows[:MOST_ROWS]]
    if len(open_rows) > MOST_ROWS:
        lines.append(_text("… the rest is in the text below", kind="s"))
    height = LINE * len(lines) + 12
    drawn = "".join(f'<g transform="translate(0 {LINE * k + 18})">{line}</g>' for k, line in enumerate(lines))
    size = f'width="{WIDE}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {WIDE} {height}">'
        f'<style>{STYLE}</style><rect class="p" {size}/>{drawn}</svg>'
    )


def _text(words: str, x: float = LEFT, kind: str = "", most: int = MOST_CHARS) -> str:
    of_kind = f' class="{kind}"' if kind else ""
    cut = words if len(words) <= most else f"{words[: most - 1]}…"
    return f'<text x="{x:g}"{of_kind}>{escape(cut)}</text>'


def _head() -> str:
    places = (
        ("op", LEFT, "s"),
        ("kind", KIND, "s"),
        ("output", OUT, "s"),
        ("new bytes", SIZE, "s e"),
        ("lives", BARS, "s"),
    )
    return "".join(_text(words, x, kind) for words, x, kind in places)


def _open(rows: tuple[fold.Row, ...], levels: int, deep: int) -> Iterator[tuple[int, fold.Row]]:
    for row in rows:
        yield deep, row
        if levels > 0:
            yield from _open(fold.inside(row), levels - 1, deep + 1)


def _row(trace: TraceRecord, row: fold.Row, deep: int) -> str:
    left = LEFT + 12 * deep
    most = int((KIND - left) / CHAR) - 1
    at = fold.only_op(row)
    if at is not None:
        called = f"{trace.ops[at].name}  {fold.title(trace, row)}" if isinstance(row, fold.Call) else trace.ops[at].name
        return _text(f"{at} {called}", left, most=most) + _op(trace, trace.ops[at], at)
    ran = list(fold.ops(row))
    new = wording.size(sum(trace.ops[k].new_bytes for k in ran))
    return (
        _text(fold.title(trace, row), left, "h", most)
        + _text(wording.count(len(ran), "op"), OUT, "s")
        + _text(new, SIZE, "s e")
    )


def _op(trace: TraceRecord, op: OpRecord, at: int) -> str:
    out = wording.tensor(trace, op.outputs[0].tensor) if op.outputs else ""
    kind = "o" if op.kind == "failed" else ""
    return (
        _text(op.kind, KIND, kind)
        + _text(out, OUT, most=20)
        + _text(wording.size(op.new_bytes), SIZE, "e")
        + _lives(trace, op, at)
    )


def _lives(trace: TraceRecord, op: OpRecord, at: int) -> str:
    """A bar from when the op's own memory was made to when it was freed; none for a view."""
    made = {trace.tensors[use.tensor].storage for use in op.outputs}
    ends = [trace.storages[s].freed_before for s in made if s is not None and trace.storages[s].made_by == at]
    if not ends:
        return ""
    last = max(len(trace.ops) if end is None else end for end in ends)
    scale = (WIDE - LEFT - BARS) / max(len(trace.ops), 1)
    long = max((last - at) * scale, 2)
    return f'<path d="M{BARS + at * scale:.1f} -8h{long:.1f}v8h-{long:.1f}z"/>'
