"""What an op did, from facts about memory: view, copy, in place, no-op or new; and where shapes were stretched.

In go the tensors of an op with the storages they lie in, and the aten ops below it; out come a kind and a
``BroadcastRecord``. Whether memory is shared is decided by storages, whether it was written by versions, never by a
name; only whether *new* memory was computed or just copied into is told from the aten ops that filled it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytorch_basics.instruments.trace.record import AtenRecord, BroadcastRecord, Shape

# These move elements, or change their dtype; they compute nothing.
_MOVES = {
    *("clone", "_to_copy", "copy_", "copy", "contiguous", "index", "index_select", "gather", "take", "cat", "stack"),
    *("repeat", "roll", "flip", "masked_select", "embedding", "constant_pad_nd", "take_along_dim", "repeat_interleave"),
}
# These hand memory on, make it, or look at it: beside a move they change nothing.
_BESIDE = {
    *("view", "_unsafe_view", "expand", "permute", "transpose", "t", "slice", "select", "unsqueeze", "squeeze"),
    *("as_strided", "detach", "alias", "empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided"),
    *("_reshape_alias", "lift_fresh", "unbind", "split", "unfold", "diagonal"),
}


def kind(
    ins: Sequence[int],
    outs: Sequence[int],
    storages: Sequence[int],
    written: bool,
    failed: bool,
    aten: Sequence[AtenRecord],
) -> str:
    """The kind of an op; ``ins`` and ``outs`` are tensors, ``storages`` what each tensor lies in (-1: nothing)."""
    if failed:
        return "failed"
    if written:
        return "in-place"
    if not outs:
        return "none"
    if all(out in ins for out in outs):
        return "no-op"
    held: set[int | None] = {storages[one] for one in ins}
    lie: list[int | None] = [storages[out] for out in outs if out not in ins]
    if -1 in lie and aten:  # inside torch.func a tensor only wraps others: those below tell
        held = {part.storage for one in aten for part in one.inputs}
        lie = [part.storage for part in aten[-1].outputs]
    if all(storage in held - {-1, None} for storage in lie):
        return "view"
    names = {one.name.removeprefix("aten.") for one in aten}
    return "copy" if ins and names & _MOVES and names <= _MOVES | _BESIDE else "new"


def broadcast(
    given: Sequence[Shape], result: Shape, aten: list[AtenRecord], pointwise: Sequence[bool]
) -> BroadcastRecord | None:
    """What was stretched to a common shape below an op; a number (no dimensions) beside a tensor does not count."""
    for one, elementwise in zip(aten, pointwise, strict=True):
        shapes = tuple(part.shape for part in one.inputs if part.shape)
        to = one.outputs[0].shape if one.outputs else ()
        if elementwise and len(shapes) > 1 and any(shape != to for shape in shapes) and common(shapes) == to:
            return BroadcastRecord(shapes, to, False)
    # Losses and matmul expand their operands one by one before they meet.
    goals = [one.outputs[0].shape for one in aten if one.name == "aten.expand" and one.inputs[0].shape not in
             ((), one.outputs[0].shape)]  # fmt: skip
    shapes = tuple(shape for shape in given if shape)
    if not goals or len(shapes) < 2:
        return None
    return BroadcastRecord(shapes, result if len(result) == len(goals[-1]) else goals[-1], False)


def common(shapes: Sequence[Shape]) -> Shape | None:
    """The shape that all broadcast to, aligned from the last dimension; None when they do not."""
    sizes: list[int] = []
    for back in range(1, max(map(len, shapes), default=0) + 1):
        here = {shape[-back] for shape in shapes if len(shape) >= back} - {1}
        if len(here) > 1:
            return None
        sizes.append(here.pop() if here else 1)
    return tuple(reversed(sizes))


def looks_unmeant(shapes: Sequence[Shape]) -> bool:
    """Whether a column meets a row of as many elements, ``(N, 1)`` with ``(N,)``: it gives ``(N, N)``."""
    if len(shapes) != 2:
        return False
    long, short = sorted(shapes, key=len, reverse=True)
    return len(long) == len(short) + 1 and long[-1] == 1 and long[:-1] == short and short[-1:] > (1,)
