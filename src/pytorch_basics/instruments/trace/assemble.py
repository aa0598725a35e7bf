"""Turns what was logged while the code ran into a ``TraceRecord``, afterwards, when nobody waits.

In go a closed ``Log``, a title and what was raised; out comes the record. Source lines and names are read here, kinds
and broadcasts decided, FLOPs counted. Tensors and storages that no op used are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np

from pytorch_basics.instruments.tensor.record import StatsRecord
from pytorch_basics.instruments.tensor.stats import stats
from pytorch_basics.instruments.trace import kinds
from pytorch_basics.instruments.trace.called import called
from pytorch_basics.instruments.trace.flops import flops
from pytorch_basics.instruments.trace.log import Log, Rare, RawModule, RawOp
from pytorch_basics.instruments.trace.naming import names
from pytorch_basics.instruments.trace.record import (
    AtenRecord,
    ErrorRecord,
    ModuleRecord,
    OperandRecord,
    OpRecord,
    Shape,
    StorageRecord,
    TensorRecord,
    TraceRecord,
    UseRecord,
)
from pytorch_basics.instruments.trace.sites import Sites
from pytorch_basics.instruments.trace.title import Title
from pytorch_basics.instruments.trace.unmeant import judged

Array = Callable[[Any], Any]  # a kept tensor's values, flat
Raised = tuple[str, str, int | None, tuple[str, int, str] | None]  # kind, message, op, (file, line, function)
_ORDINARY = Rare()


def assemble(log: Log, title: Title, raised: Raised | None, array: Array) -> TraceRecord:
    """The record of everything in ``log``."""
    return _Assembly(log, array).record(title, raised)


class _Assembly:
    def __init__(self, log: Log, array: Array) -> None:
        self.log, self.array, self.sites = log, array, Sites()
        self.raw = [RawOp._make(raw) for raw in log.ops]
        self.shapes: list[Shape] = [_shape(raw[0]) for raw in log.tensors]
        self.storages = [raw[2] for raw in log.tensors]
        self.made_by: dict[int, int] = {}
        for k, raw in enumerate(self.raw):
            for out in _many(raw.outs):
                if out not in raw.ins:
                    self.made_by.setdefault(out, k)
        self.new = dict(log.grew)
        for _, nbytes, _, made_by in log.storages:
            if made_by is not None:
                self.new[made_by] = self.new.get(made_by, 0) + nbytes

    def record(self, title: Title, raised: Raised | None) -> TraceRecord:
        log = self.log
        ops = judged([self._op(k) for k in range(len(self.raw))], self.shapes, self.storages)
        called_as = names(log, self.raw, self.sites, title.arguments())
        error = raised and self._error(raised)
        kept = sorted({t for op in ops for t in _used(op)})
        held = sorted(self._held(ops, kept))
        at = {old: new for new, old in enumerate(kept)}
        lies = {old: new for new, old in enumerate(held)}
        return TraceRecord(
            title.written(),
            tuple(_moved(op, at, lies) for op in ops),
            tuple(self._tensor(t, called_as.get(t, ""), lies) for t in kept),
            tuple(self._storage(s) for s in held),
            tuple(self.sites.lines),
            tuple(
                ModuleRecord(m.path, m.kind, m.parent, m.first, len(ops) if m.end is None else m.end)
                for m in map(RawModule._make, log.modules)
            ),
            error,
            log.peak,
            None if log.peak_op is None else min(log.peak_op, len(ops) - 1),
            tuple(log.notes),
        )

    def _op(self, k: int) -> OpRecord:
        raw, rare = self.raw[k], self.log.rare.get(k, _ORDINARY)
        outs, versions = _many(raw.outs), _many(raw.versions)
        end = self.raw[k + 1].first if k + 1 < len(self.raw) else len(self.log.aten)
        aten = [self._aten(j) for j in range(raw.first, end)]
        after = raw.after or [
            old + 1 if old is not None and one in rare.written else old
            for one, old in zip(raw.ins, raw.before, strict=True)
        ]
        old_versions = dict(zip(raw.ins, raw.before, strict=True))
        new_versions = dict(zip(raw.ins, after, strict=True))
        what = kinds.kind(raw.ins, outs, self.storages, bool(rare.written), rare.failed, aten)
        backward = rare.node is not None
        pointwise = [_pointwise(self.log.aten[j][0]) for j in range(raw.first, end)]
        stretched = None
        if what != "view" and not backward and len(raw.ins) + sum(len(one.inputs) for one in aten) > 1:
            result = self.shapes[outs[0]] if outs else ()
            stretched = kinds.broadcast([self.shapes[t] for t in raw.ins], result, aten, pointwise)
        code, at, _ = raw.site
        return OpRecord(
            name=called(raw.func),
            kind=what,
            phase="backward" if backward else "forward",
            inputs=tuple(map(UseRecord, raw.ins, raw.before, after)),
            outputs=tuple(
                UseRecord(t, old_versions.get(t), new_versions.get(t, version))
                for t, version in zip(outs, versions, strict=True)
            ),
            aten=tuple(aten),
            line=self.sites.line(code, at),
            module=raw.module,
            new_bytes=self.new.get(k, 0),
            live_bytes=raw.live,
            broadcast=stretched,
            written=rare.written,
            seen_by=rare.seen,
            node=rare.node or "",
            sequence=raw.sequence if raw.sequence >= 0 else None,
            stats=tuple(map(self._stats, rare.samples)),
        )

    def _aten(self, j: int) -> AtenRecord:
        func, ins, outs, new = self.log.aten[j]
        operands = tuple(map(self._operand, ins)), tuple(map(self._operand, _many(outs)))
        shapes = [[one.shape for one in side] for side in operands]
        name = called(func)
        work = flops(name, shapes[0], shapes[1], self.log.extra.get(j, ()))
        return AtenRecord(name, *operands, new, work, work // 2)

    def _operand(self, t: int) -> OperandRecord:
        storage = self.storages[t]
        return OperandRecord(self.shapes[t], _dtype(self.log.tensors[t][1]), storage if storage >= 0 else None)

    def _stats(self, sample: Any) -> StatsRecord | None:
        values = None if sample is None else self.array(sample[0])
        if values is None or values.size == 0:
            return None
        found = stats(lambda index: np.asarray(values[index]), values.shape, True)
        if found is None:
            return None
        return StatsRecord(found.looked_at, values.size == sample[1], *_rest(found))

    def _error(self, raised: Raised) -> ErrorRecord:
        kind, message, op, where = raised
        return ErrorRecord(kind, message, op, None if where is None else self.sites.at(*where))

    def _tensor(self, t: int, name: str, lies: dict[int, int]) -> TensorRecord:
        _, dtype, storage, kind, *device = self.log.tensors[t]
        where = str(device[0] if device else self.log.storages[storage][2])
        parameter = kind.__name__ == "Parameter" or bool(getattr(kind, "_is_param", False))
        return TensorRecord(
            *(name, self.shapes[t], _dtype(dtype), where, lies.get(storage), bool(self.log.grads[t])),
            *(parameter, self.made_by.get(t)),
        )

    def _storage(self, s: int) -> StorageRecord:
        key, nbytes, device, made_by = self.log.storages[s]
        return StorageRecord(nbytes + self.log.grown.get(s, 0), str(device), made_by, self.log.freed.get(s), key)

    def _held(self, ops: list[OpRecord], kept: Iterable[int]) -> set[int]:
        """The storages that kept tensors and aten ops lie in, and all that the trace made."""
        held = {self.storages[t] for t in kept} | {
            one.storage for op in ops for aten in op.aten for one in (*aten.inputs, *aten.outputs)
            if one.storage is not None
        }  # fmt: skip
        held |= {s for s, raw in enumerate(self.log.storages) if raw[3] is not None}
        return held - {-1}


def _moved(op: OpRecord, at: dict[int, int], lies: dict[int, int]) -> OpRecord:
    """The same op with tensors and storages by their final positions."""

    def use(one: UseRecord) -> UseRecord:
        return UseRecord(at[one.tensor], one.before, one.after)

    def operand(one: OperandRecord) -> OperandRecord:
        return OperandRecord(one.shape, one.dtype, None if one.storage is None else lies[one.storage])

    fields = op.__dict__ | {
        "inputs": tuple(map(use, op.inputs)),
        "outputs": tuple(map(use, op.outputs)),
        "written": tuple(at[t] for t in op.written),
        "seen_by": tuple(at[t] for t in op.seen_by),
        "aten": tuple(
            AtenRecord(one.name, tuple(map(operand, one.inputs)), tuple(map(operand, one.outputs)),
                       one.new_bytes, one.flops, one.macs)
            for one in op.aten
        ),
    }  # fmt: skip
    return OpRecord(**fields)


def _used(op: OpRecord) -> Iterable[int]:
    yield from (use.tensor for use in (*op.inputs, *op.outputs))
    yield from (*op.written, *op.seen_by)


def _many(one: Any) -> tuple[Any, ...]:
    return one if isinstance(one, tuple) else (one,)


def _shape(shape: Any) -> Shape:
    try:
        return tuple([int(size) for size in shape])
    except (RuntimeError, TypeError, AttributeError):  # only a symbol: rows of different lengths, a size not known yet
        return tuple([size for size in shape if type(size) is int])


@cache
def _dtype(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")


@cache
def _pointwise(func: Any) -> bool:
    return any(tag.name == "pointwise" for tag in getattr(func, "tags", ())) or "masked_fill" in str(func)


def _rest(found: StatsRecord) -> tuple[Any, ...]:
    return found.smallest, found.largest, found.mean, found.nans, found.infs, found.of
