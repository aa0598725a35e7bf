"""The text twin of a trace: for a terminal, a screen reader, a test, and a notebook that shows no HTML.

In goes a ``TraceRecord``, out comes a table no wider than asked: modules indented, what repeats folded into one row,
then the bytes and FLOPs of each source line. It never imports torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from pytorch_basics.instruments.tensor.wording import caption
from pytorch_basics.instruments.trace import fold, wording
from pytorch_basics.instruments.trace.record import OpRecord, TraceRecord

WIDTH = 100
NARROWEST = 60
MOST_ROWS = 60  # a longer trace is folded; ``whole`` shows every op
MOST_LINES = 20

Cells = tuple[str, str, str, str, str]  # op, kind, output, new bytes, line


def text(trace: TraceRecord, *, width: int = WIDTH, whole: bool = False) -> str:
    """The trace as text of at most ``width`` columns (60 or more); ``whole`` shows every op, however many there are."""
    width = max(width, NARROWEST)
    blocks = [_head(trace, width), _table(trace, width, whole), _by_line(trace, width), _failed(trace, width)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _head(trace: TraceRecord, width: int) -> list[str]:
    said = [trace.title, f"{wording.totals(trace)} · {wording.peak(trace)}" if trace.ops else wording.totals(trace)]
    said += [f"! {sentence}" for sentence in wording.highlights(trace)]
    return [line for sentence in said for line in wrap(sentence, width, subsequent_indent="  ")]


def _table(trace: TraceRecord, width: int, whole: bool) -> list[str]:
    """One row an op; below it, indented, what is to be said of it."""
    if not trace.ops:
        return []
    rows = fold.rows(trace)
    levels = 99 if whole or len(trace.ops) <= MOST_ROWS else fold.depth(rows)
    digits = len(str(len(trace.ops) - 1))
    found = list(_rows(trace, rows, levels, 0, whole, digits))
    cells = [("op", "kind", "output", "new", "line"), *(cells for cells, _ in found)]
    fixed = [max(len(row[k]) for row in cells) for k in (1, 2, 3, 4)]
    fixed[1] = min(fixed[1], 24)
    first = min(max(len(row[0]) for row in cells), width - sum(fixed) - 8)
    lines = []
    for (op, kind, output, new, line), remarks in [(cells[0], []), *found]:
        written = (
            f"{_cut(op, first):<{first}}  {kind:<{fixed[0]}}  {_cut(output, fixed[1]):<{fixed[1]}}  "
            f"{new:>{fixed[2]}}  {line:>{fixed[3]}}"
        )
        lines.append(written.rstrip())
        lead = " " * (len(op) - len(op.lstrip()) + digits + 2)
        for remark in remarks:
            lines += wrap(remark, width, initial_indent=f"{lead}↳ ", subsequent_indent=f"{lead}  ")
    return lines


def _rows(
    trace: TraceRecord, rows: tuple[fold.Row, ...], levels: int, deep: int, whole: bool, digits: int
) -> Iterator[tuple[Cells, list[str]]]:
    lead = "  " * deep
    for row in rows:
        at = fold.only_op(row)
        if at is not None:
            named = f"  {fold.title(trace, row)}" if isinstance(row, fold.Call) else ""
            node = f"  {trace.ops[at].node.rpartition(':')[2]}" if trace.ops[at].node else ""
            yield _op(trace, trace.ops[at], f"{lead}{at:>{digits}} {trace.ops[at].name}{named}{node}")
            continue
        if whole and isinstance(row, fold.Repeat):
            yield from _rows(trace, row.rows, levels, deep, whole, digits)
            continue
        ran = [trace.ops[k] for k in fold.ops(row)]
        new = wording.size(sum(op.new_bytes for op in ran)) if ran else ""
        yield (f"{lead}{fold.title(trace, row)}", "", wording.count(len(ran), "op"), new, ""), []
        if levels > 0:
            yield from _rows(trace, fold.inside(row), levels - 1, deep + 1, whole, digits)


def _op(trace: TraceRecord, op: OpRecord, title: str) -> tuple[Cells, list[str]]:
    line = "" if op.line is None else str(trace.lines[op.line].number)
    return (title, op.kind, _output(trace, op), _new(op), line), wording.remarks(trace, op)


def _output(trace: TraceRecord, op: OpRecord) -> str:
    if not op.outputs:
        return ""
    first = trace.tensors[op.outputs[0].tensor]
    more = f" +{len(op.outputs) - 1}" if len(op.outputs) > 1 else ""
    return f"{first.name} {caption(first.dtype, first.shape)}{more}".lstrip()


def _new(op: OpRecord) -> str:
    return wording.size(op.new_bytes) if op.new_bytes else "·"


def _by_line(trace: TraceRecord, width: int) -> list[str]:
    """What each source line took, in the order of the files; only those that took most where there are many."""
    if not trace.lines:
        return []
    amounts = wording.by_line(trace)
    order = sorted(range(len(trace.lines)), key=lambda k: (trace.lines[k].file, trace.lines[k].number))
    most = set(sorted(order, key=lambda k: (-trace.bytes_per_line.get(k, 0), k))[:MOST_LINES])
    rows = [("line", "ops", "new", "FLOPs", "MACs", "source")]
    file = ""
    for k in (k for k in order if k in most):
        line = trace.lines[k]
        if line.file != file:
            file = line.file
            rows.append(("", "", "", "", "", f"in {wording.file(line)}"))
        rows.append((str(line.number), *amounts[k], line.text.strip()))
    wide = [max(len(row[k]) for row in rows) for k in range(5)]
    lines = ["  ".join([*(f"{row[k]:>{wide[k]}}" for k in range(5)), row[5]]) for row in rows]
    left_out = len(order) - len(most)
    more = [f"… and {wording.count(left_out, 'line')} that took less"] if left_out else []
    return [*(_cut(line, width).rstrip() for line in lines), *more]


def _failed(trace: TraceRecord, width: int) -> list[str]:
    """The error last, where a reader of a traceback looks first."""
    if trace.error is None:
        return []
    where, *rest = wording.error(trace)
    lines = wrap(f"✗ failed: {where}", width, subsequent_indent="  ")
    for part in (line for said in rest for line in said.splitlines()):
        lines += wrap(part, width, initial_indent="  ", subsequent_indent="    ") or [""]
    return lines


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
