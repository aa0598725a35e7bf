"""What a stretch of PyTorch code ran, op by op: plain data, frozen, and the same after a trip through JSON.

In go the log that ``capture`` kept while the code ran (``assemble`` turns it into these); out come records that
``text``, ``html``, ``pb.graph``, the doctor and the playground draw or reason about. No torch: numbers are Python
numbers, shapes are tuples, and everything that is pointed at is pointed at by its position in a tuple.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

from pytorch_basics.instruments import as_json
from pytorch_basics.instruments.tensor.record import StatsRecord

Shape = tuple[int, ...]


@dataclass(frozen=True)
class LineRecord:
    """One line of the learner's code: the innermost frame that is neither PyTorch's nor ours."""

    file: str
    number: int
    function: str
    text: str = ""


@dataclass(frozen=True)
class StorageRecord:
    """A stretch of memory. ``made_by`` is the op that allocated it (None: it was there before the trace).

    ``freed_before`` is the op before which it was freed; None while it lives. ``key`` is the live storage's
    ``untyped_storage()._cdata``: it finds this record from a live tensor as long as ``freed_before`` is None.
    """

    nbytes: int
    device: str
    made_by: int | None
    freed_before: int | None
    key: int


@dataclass(frozen=True)
class TensorRecord:
    """One tensor object the trace met; what changes its shape or its storage in place makes a new record of it.

    ``name`` is the learner's (``x``, ``fc1.weight``), else empty. ``made_by`` is the op whose output it was first,
    None for one that was there before. ``parameter`` is True for an ``nn.Parameter``.
    """

    name: str
    shape: Shape
    dtype: str
    device: str
    storage: int | None
    requires_grad: bool
    parameter: bool
    made_by: int | None

    @property
    def numel(self) -> int:
        """How many elements the shape has."""
        return prod(self.shape)


@dataclass(frozen=True)
class UseRecord:
    """A tensor as one op met it: its version counter before and after (None where none is kept).

    ``before`` is None as well for an output that did not exist before.
    """

    tensor: int
    before: int | None
    after: int | None

    @property
    def changed(self) -> bool:
        """Whether the op wrote into it, by its version counter."""
        return self.before is not None and self.before != self.after


@dataclass(frozen=True)
class OperandRecord:
    """A tensor as an aten op met it, below autograd: no version and no gradient there, only memory."""

    shape: Shape
    dtype: str
    storage: int | None


@dataclass(frozen=True)
class AtenRecord:
    """One op of PyTorch's own core that ran below a call. ``flops`` is 0 for ops that are not counted."""

    name: str
    inputs: tuple[OperandRecord, ...]
    outputs: tuple[OperandRecord, ...]
    new_bytes: int
    flops: int
    macs: int


@dataclass(frozen=True)
class BroadcastRecord:
    """Shapes that were stretched to a common one; ``suspect`` when it looks unmeant, ``(N, 1)`` with ``(N,)``."""

    shapes: tuple[Shape, ...]
    to: Shape
    suspect: bool


@dataclass(frozen=True)
class ModuleRecord:
    """One call of an ``nn.Module``: the ops from ``first`` up to, not including, ``end`` ran inside it.

    ``path`` is as ``named_modules`` of the model says it (empty for the model itself), ``kind`` its class, ``parent``
    the call it ran in (a position in ``TraceRecord.modules``).
    """

    path: str
    kind: str
    parent: int | None
    first: int
    end: int


@dataclass(frozen=True)
class OpRecord:
    """One call, as the learner wrote it, or one aten op that nobody wrote (in a backward pass).

    ``kind`` says what came back, by storage and version: ``"view"`` (memory that an input has), ``"copy"`` (new
    memory, bytes only copied), ``"new"`` (new memory, computed), ``"in-place"`` (an input was written into),
    ``"no-op"`` (an input itself came back, unchanged), ``"none"`` (no tensor came back), ``"failed"``.
    ``written`` and ``seen_by`` are tensors: those it was called to write into, and those alive that see the change
    because their elements lie in the same bytes. ``node`` is the autograd node that ran it (backward only);
    ``sequence`` is autograd's number of the node it made, or that ran it, which tells forward from backward
    partners. ``live_bytes`` is what the trace has allocated and not freed when it returned.
    """

    name: str
    kind: str
    phase: str
    inputs: tuple[UseRecord, ...]
    outputs: tuple[UseRecord, ...]
    aten: tuple[AtenRecord, ...]
    line: int | None
    module: int | None
    new_bytes: int
    live_bytes: int
    broadcast: BroadcastRecord | None = None
    written: tuple[int, ...] = ()
    seen_by: tuple[int, ...] = ()
    node: str = ""
    sequence: int | None = None
    stats: tuple[StatsRecord | None, ...] = ()

    @property
    def flops(self) -> int:
        """Floating-point operations of its matmul-like aten ops: a multiply and an add count two."""
        return sum(aten.flops for aten in self.aten)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of its matmul-like aten ops: half of their FLOPs."""
        return sum(aten.macs for aten in self.aten)


@dataclass(frozen=True)
class ErrorRecord:
    """The exception that ended the traced code; ``op`` is the one that raised it, None when none was running."""

    kind: str
    message: str
    op: int | None
    line: int | None


@dataclass(frozen=True)
class TraceRecord:
    """What ``pb.trace`` recorded: ops in the order they ran, and the tensors, storages, lines and modules they name.

    ``peak_bytes`` is the most memory the traced code held at once beyond what was there before, by the storages
    its ops allocated; ``peak_op`` is where. ``notes`` are sentences about what a trace cannot see.
    """

    title: str
    ops: tuple[OpRecord, ...] = ()
    tensors: tuple[TensorRecord, ...] = ()
    storages: tuple[StorageRecord, ...] = ()
    lines: tuple[LineRecord, ...] = ()
    modules: tuple[ModuleRecord, ...] = ()
    error: ErrorRecord | None = None
    peak_bytes: int = 0
    peak_op: int | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def flops(self) -> int:
        """Floating-point operations of all matmul-like ops, twice ``macs``."""
        return sum(op.flops for op in self.ops)

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates of all matmul-like ops."""
        return sum(op.macs for op in self.ops)

    @cached_property
    def new_bytes(self) -> int:
        """Bytes of every storage the ops allocated, freed since or not."""
        return sum(op.new_bytes for op in self.ops)

    @cached_property
    def bytes_per_line(self) -> dict[int, int]:
        """New bytes by the line (a position in ``lines``) whose ops allocated them."""
        found: dict[int, int] = {}
        for op in self.ops:
            if op.line is not None:
                found[op.line] = found.get(op.line, 0) + op.new_bytes
        return found

    def find(self, name: str) -> tuple[int, ...]:
        """The positions of the ops whose name, or the name of one of whose tensors, contains ``name``."""
        return tuple(k for k, op in enumerate(self.ops) if name in op.name or any(name in n for n in self.names(op)))

    def names(self, op: OpRecord) -> tuple[str, ...]:
        """What the learner calls the tensors of an op, as far as it is known."""
        uses = (*op.inputs, *op.outputs)
        return tuple(self.tensors[use.tensor].name for use in uses if self.tensors[use.tensor].name)

    def last_write(self, storage: int, before: int | None = None) -> int | None:
        """The last op (before op ``before``) that wrote into a storage: what made a saved tensor stale."""
        stop = len(self.ops) if before is None else before
        for k in range(stop - 1, -1, -1):
            if any(self.tensors[t].storage == storage for t in self.ops[k].written):
                return k
        return None

    def to_json(self) -> str:
        """This record as JSON; ``TraceRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> TraceRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, TraceRecord, *_PARTS)

    def __str__(self) -> str:
        from pytorch_basics.instruments.trace.text import text

        return text(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pytorch_basics.instruments.trace.html import html

        return {"text/html": html(self), "text/plain": str(self)}


_PARTS = (
    *(LineRecord, StorageRecord, TensorRecord, UseRecord, OperandRecord, AtenRecord, BroadcastRecord),
    *(ModuleRecord, OpRecord, ErrorRecord, StatsRecord),
)
