"""The words and numbers of a trace: sizes, what an op did, totals and warnings, as sentences.

In go records, out comes text that ``text``, ``html`` and the still picture all use, so they cannot disagree.
"""

from __future__ import annotations

from pytorch_basics.instruments.tensor.wording import caption
from pytorch_basics.instruments.trace.record import (
    AtenRecord,
    LineRecord,
    OperandRecord,
    OpRecord,
    TraceRecord,
)

MOST_NAMED = 4


def size(nbytes: int) -> str:
    """Bytes in few characters: ``0 B``, ``96 B``, ``1.5 KB``, ``102 MB`` (1 KB is 1,000 bytes)."""
    return f"{nbytes} B" if abs(nbytes) < 1000 else _scaled(nbytes, ("B", "KB", "MB", "GB", "TB"))


def big(number: int) -> str:
    """A count in few characters: ``4,096``, ``1.82 G``."""
    return f"{number:,}" if abs(number) < 100_000 else _scaled(number, ("", "k", "M", "G", "T", "P"))


def _scaled(number: int, units: tuple[str, ...]) -> str:
    step = min(next((k for k in range(len(units)) if abs(number) < 999.5 * 1000**k), len(units)), len(units) - 1)
    return f"{number / 1000**step:.3g} {units[step]}"


def count(number: int, noun: str) -> str:
    """``1 op``, ``2,000 ops``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def tensor(trace: TraceRecord, at: int) -> str:
    """``h f32[2, 3]``: a tensor's name, where it has one, with its dtype and shape."""
    one = trace.tensors[at]
    return f"{one.name} {caption(one.dtype, one.shape)}".lstrip()


def file(line: LineRecord) -> str:
    """A file as a reader knows it: the end of its path; a notebook's cell is just that."""
    name = line.file.replace("\\", "/")
    return "a notebook cell" if "ipykernel_" in name else "/".join(name.split("/")[-2:])


def totals(trace: TraceRecord) -> str:
    """How much ran and what it took, in one line; FLOPs and MACs are two numbers, each by its name."""
    said = [count(len(trace.ops), "op"), f"{size(trace.new_bytes)} new"]
    if trace.flops:
        said += [f"{big(trace.flops)} FLOPs", f"{big(trace.macs)} MACs"]
    return " · ".join(said)


def peak(trace: TraceRecord) -> str:
    """The most memory that was live at once, and where."""
    at = "" if trace.peak_op is None else f" at op {trace.peak_op}"
    return f"peak live {size(trace.peak_bytes)}{at}"


def remarks(trace: TraceRecord, op: OpRecord) -> list[str]:
    """What is to be said of one op besides its row: broadcasting, versions, who else sees a write."""
    said = []
    if op.broadcast:
        shapes = " with ".join(str(shape) for shape in op.broadcast.shapes)
        said.append(f"broadcasts {shapes} to {op.broadcast.to}{': looks unmeant' if op.broadcast.suspect else ''}")
    for use in op.inputs:
        if use.changed:
            named = trace.tensors[use.tensor].name or "its tensor"
            said.append(f"writes {named}: version {use.before} → {use.after}")
    if op.seen_by:
        names = [tensor(trace, at) for at in op.seen_by]
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        said.append(f"seen by {', '.join(names[:MOST_NAMED])}{more}")
    return said


def aten(op: AtenRecord) -> str:
    """One aten op in one line: what went in, what came out, what it allocated and computed."""
    ins, outs = (", ".join(map(_operand, side)) or "nothing" for side in (op.inputs, op.outputs))
    new = f", {size(op.new_bytes)} new" if op.new_bytes else ""
    work = f", {big(op.flops)} FLOPs, {big(op.macs)} MACs" if op.flops else ""
    return f"{op.name}({ins}) → {outs}{new}{work}"


def _operand(one: OperandRecord) -> str:
    return caption(one.dtype, one.shape)


def error(trace: TraceRecord) -> list[str]:
    """Where the traced code stopped, then the inputs of the op and what PyTorch said."""
    assert trace.error is not None
    failed = trace.error
    where = "before any op ran" if failed.op is None else f"op {failed.op}, {trace.ops[failed.op].name}"
    line = (
        ""
        if failed.line is None
        else f", line {trace.lines[failed.line].number}: {trace.lines[failed.line].text.strip()}"
    )
    given = [] if failed.op is None else [tensor(trace, use.tensor) for use in trace.ops[failed.op].inputs]
    inputs = [f"inputs: {', '.join(given)}"] if given else []
    return [where + line, *inputs, f"{failed.kind}: {failed.message}"]


def highlights(trace: TraceRecord) -> list[str]:
    """What deserves a sentence above everything else: broadcasting that looks unmeant, then what cannot be seen."""
    said = []
    for k, op in enumerate(trace.ops):
        if op.broadcast and op.broadcast.suspect:
            said.append(f"op {k}, {op.name}: {remarks(trace, op)[0]}")
    return [*said, *trace.notes]


def by_line(trace: TraceRecord) -> list[tuple[str, str, str, str]]:
    """Of each line of the trace its ops, new bytes, FLOPs and MACs, as they are written in their columns."""
    sums = [[0, 0, 0, 0] for _ in trace.lines]
    for op in trace.ops:
        if op.line is not None:
            amounts = (1, op.new_bytes, op.flops, op.macs)
            sums[op.line] = [have + more for have, more in zip(sums[op.line], amounts, strict=True)]
    return [(f"{ran:,}", size(new), big(flops), big(macs)) for ran, new, flops, macs in sums]
