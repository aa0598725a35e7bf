"""A trace packed for the page: what the view draws, in as few characters as a large model allows.

In go a ``TraceRecord`` and its folded rows, out comes JSON that ``links.js`` unpacks: lists in a fixed order, and every
text (a name, a shape, a size) once, by its position in ``words``. Numbers are words already, so that the page writes
them as ``text`` does. No values of tensors travel.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pytorch_basics.instruments.tensor.wording import caption
from pytorch_basics.instruments.trace import fold, wording
from pytorch_basics.instruments.trace.record import LineRecord, OpRecord, StorageRecord, TensorRecord, TraceRecord

SMALL = 60  # so many ops are all shown at once
MOST_OPS = 4000  # more would make a notebook heavy; the record and the text have them
Sums = tuple[str, str, str, str]  # of a line its ops, new bytes, FLOPs and MACs, in words
_NONE = -1  # stands for None where a position is wanted


def first(trace: TraceRecord, most: int = MOST_OPS) -> TraceRecord:
    """The trace cut after so many ops: with the tensors, storages and module calls met until then. Nothing else moves,
    so every position still points at what it did."""
    if len(trace.ops) <= most:
        return trace
    ops = trace.ops[:most]
    met = max((t for op in ops for t in (*_uses(op), *op.written, *op.seen_by)), default=-1)
    tensors = trace.tensors[: met + 1]
    known = max((one.storage for one in tensors if one.storage is not None), default=-1)
    calls = [replace(one, end=min(one.end, most)) for one in trace.modules if one.first < most]
    return replace(trace, ops=ops, tensors=tensors, storages=trace.storages[: known + 1], modules=tuple(calls))


def _uses(op: OpRecord) -> list[int]:
    return [use.tensor for use in (*op.inputs, *op.outputs)]


def packed(trace: TraceRecord, rows: tuple[fold.Row, ...], sums: list[Sums]) -> str:
    """The JSON of a trace for its page; ``sums`` is ``wording.by_line`` of the whole trace."""
    pack = _Pack(trace)
    before = sum(one.nbytes for one in trace.storages if one.made_by is None)
    parts: dict[str, Any] = {
        "lines": [pack.line(line, of) for line, of in zip(trace.lines, sums, strict=True)],
        "tensors": [pack.tensor(one) for one in trace.tensors],
        "storages": [pack.storage(one) for one in trace.storages],
        "ops": [pack.op(op) for op in trace.ops],
        "rows": [pack.row(row) for row in rows],
        "most": _NONE if len(trace.ops) <= SMALL else fold.MOST_LINES,
        "before": wording.size(before),
    }
    return json.dumps({"words": list(pack.numbers), **parts}, separators=(",", ":"), ensure_ascii=False)


def _at(position: int | None) -> int:
    return _NONE if position is None else position


class _Pack:
    """Records as lists; ``links.js`` unpacks each in the order given here."""

    def __init__(self, trace: TraceRecord) -> None:
        self.trace = trace
        self.numbers: dict[str, int] = {}
        # Each op's new bytes, FLOPs and MACs once: every row around it adds them up.
        self.amounts = [(op.new_bytes, op.flops, op.macs) for op in trace.ops]

    def word(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))

    def line(self, line: LineRecord, sums: Sums) -> list[int]:
        return [self.word(wording.file(line)), line.number, *map(self.word, sums[1:])]

    def tensor(self, one: TensorRecord) -> list[int]:
        return [self.word(one.name), self.word(caption(one.dtype, one.shape)), _at(one.storage)]

    def storage(self, one: StorageRecord) -> list[int]:
        size, device = self.word(wording.size(one.nbytes)), self.word(one.device)
        return [size, device, _at(one.made_by), _at(one.freed_before)]

    def op(self, op: OpRecord) -> list[Any]:
        # An op of a backward pass is itself the aten op that ran: only the work it did is worth saying again.
        aten = [] if op.node and not op.flops else [self.word(wording.aten(one)) for one in op.aten]
        return [
            *(self.word(op.name), self.word(op.kind), _at(op.line), self.word(wording.size(op.new_bytes))),
            *(op.live_bytes, [use.tensor for use in op.inputs], [use.tensor for use in op.outputs], op.written),
            *(
                [self.word(said) for said in wording.remarks(self.trace, op)],
                int(_is_odd(op)),
                aten,
                self.word(op.node),
            ),
        ]

    def row(self, row: fold.Row) -> Any:
        if isinstance(row, fold.Op):
            return row.at
        kind = {fold.Call: "call", fold.Repeat: "repeat", fold.Backward: "backward"}[type(row)]
        path = self.trace.modules[row.module].path if isinstance(row, fold.Call) else ""
        if isinstance(row, fold.Repeat) and len(row.rounds[0]) > 1:
            rows = [self.round(k, one) for k, one in enumerate(row.rounds)]
        else:
            rows = [self.row(one) for one in row.rows]
        return [*self.head(kind, fold.title(self.trace, row), path, row.rows), rows]

    def round(self, at: int, rows: tuple[fold.Row, ...]) -> list[Any]:
        return [*self.head("round", f"round {at + 1}", "", rows), [self.row(row) for row in rows]]

    def head(self, kind: str, title: str, path: str, rows: tuple[fold.Row, ...]) -> list[Any]:
        """What a row with rows inside says: its title, the path of its module, its new bytes, FLOPs and MACs."""
        ran = [self.amounts[k] for k in fold.ops(*rows)]
        new, flops, macs = map(sum, zip(*ran, strict=True)) if ran else (0, 0, 0)
        words = title, path, wording.size(new), wording.big(flops), wording.big(macs)
        return [kind, *map(self.word, words)]


def _is_odd(op: OpRecord) -> bool:
    return op.broadcast is not None and op.broadcast.suspect
