"""Which broadcasts look unmeant: a column that met a row, ``(N, 1)`` with ``(N,)``, and gave ``(N, N)``.

In go the ops of a trace, out come the same ops with those marked. The same shapes are meant when somebody writes
``y[:, None] - y``. So nothing is said when an operand was given its shape on that very line, when both are the same
memory, or when the trace has a loss or a metric (a result without dimensions) and this result does not reach it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytorch_basics.instruments.trace import kinds
from pytorch_basics.instruments.trace.record import OpRecord, Shape


def judged(ops: list[OpRecord], shapes: Sequence[Shape], storages: Sequence[int]) -> list[OpRecord]:
    """``ops`` with their broadcasts marked; ``shapes`` and ``storages`` are of every tensor by number."""
    for k, op in enumerate(ops):
        found = op.broadcast
        if found and kinds.looks_unmeant(found.shapes) and _unmeant(ops, k, shapes, storages):
            ops[k] = replace(op, broadcast=replace(found, suspect=True))
    return ops


def _unmeant(ops: list[OpRecord], k: int, shapes: Sequence[Shape], storages: Sequence[int]) -> bool:
    op = ops[k]
    assert op.broadcast is not None
    operands = [use.tensor for use in op.inputs if shapes[use.tensor] in op.broadcast.shapes]
    if len({storages[t] for t in operands}) < len(operands):
        return False
    reshaped = any(
        any(use.tensor in operands for use in other.outputs)
        for other in ops[:k]
        if other.line == op.line and other.kind in ("view", "copy")
    )
    return not reshaped and (_reaches_a_number(ops, k, shapes) or not _has_a_number(ops, shapes))


def _has_a_number(ops: list[OpRecord], shapes: Sequence[Shape]) -> bool:
    return any(op.phase == "forward" and any(_is_number(use.tensor, shapes) for use in op.outputs) for op in ops)


def _reaches_a_number(ops: list[OpRecord], k: int, shapes: Sequence[Shape]) -> bool:
    reached: set[int] = set()
    for op in ops[k:]:
        if op is ops[k] or any(use.tensor in reached for use in op.inputs):
            reached.update(use.tensor for use in op.outputs)
            if any(_is_number(use.tensor, shapes) for use in op.outputs):
                return True
    return False


def _is_number(tensor: int, shapes: Sequence[Shape]) -> bool:
    return shapes[tensor] == ()
