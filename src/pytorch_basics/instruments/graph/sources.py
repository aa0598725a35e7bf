"""Where in the learner's code a node was made and a storage was written, as far as a trace knows.

In goes a ``TraceRecord`` or None; out come ops, lines, modules, names and borders, empty where unknown. Autograd counts
the nodes it makes: an op's ``sequence`` is the number of the last node that it made, so the nodes between that of the
op before and its own are its too.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from pytorch_basics.instruments.graph.record import Shape

if TYPE_CHECKING:
    from pytorch_basics.instruments.trace.record import OpRecord, TensorRecord, TraceRecord

MOST_NODES = 16  # made by one op that stands first in a trace; below that a node is older than the trace
MOST_BACK = 1000  # tensors that are looked at to find where a gradient was cut off


class Border(NamedTuple):
    """Where a gradient was cut off on the way to a tensor: why, from which tensor, in which line."""

    why: str
    shares: str
    line: str


class Sources:
    """What one trace says about the nodes of one graph."""

    def __init__(self, trace: TraceRecord | None) -> None:
        self.trace = trace
        ops = enumerate(trace.ops) if trace else ()
        made = sorted((op.sequence, k) for k, op in ops if op.sequence is not None and op.phase == "forward")
        self._sequences = [sequence for sequence, _ in made]
        self._ops = [k for _, k in made]

    def op_of(self, sequence: int | None, shape: Shape) -> int | None:
        """The op that made the node with this number, whose first output has this shape."""
        if self.trace is None or sequence is None:
            return None
        at = bisect_left(self._sequences, sequence)
        if at == len(self._ops):
            return None
        op = self.trace.ops[self._ops[at]]
        if self._sequences[at] == sequence:
            shapes = [self.trace.tensors[use.tensor].shape for use in op.outputs]
            return self._ops[at] if not shapes or shape in shapes else None  # else another run's number
        return self._ops[at] if at or self._sequences[0] - sequence < MOST_NODES else None

    def last_of(self, op: int, sequence: int | None) -> bool:
        """Whether the node with this number is the one that gave the op's output, not one on the way to it."""
        return self.trace is not None and self.trace.ops[op].sequence == sequence

    def line_of(self, op: int | None) -> str:
        """The learner's line of an op, ``y = x * w  (line 3 of net.py)``."""
        if self.trace is None or op is None or (at := self.trace.ops[op].line) is None:
            return ""
        line = self.trace.lines[at]
        where = f"line {line.number} of {line.file.replace(chr(92), '/').rsplit('/', 1)[-1]}"
        return f"{line.text.strip()}  ({where})" if line.text else where

    def module_of(self, op: int | None) -> str:
        """The path of the module whose forward ran the op."""
        if self.trace is None or op is None or (module := self.trace.ops[op].module) is None:
            return ""
        return self.trace.modules[module].path

    def name_of(self, op: int | None, output: int) -> str:
        """The learner's name of an output of the op."""
        if self.trace is None or op is None or output >= len(self.trace.ops[op].outputs):
            return ""
        return self.trace.tensors[self.trace.ops[op].outputs[output].tensor].name

    def leaf_name(self, op: int | None, shape: Shape) -> str:
        """The name of the op's only input that is a leaf of this shape."""
        if self.trace is None or op is None:
            return ""
        given = {use.tensor for use in self.trace.ops[op].inputs}
        tensors = [self.trace.tensors[t] for t in given]
        names = [t.name for t in tensors if t.requires_grad and t.shape == shape and not self._computed(t)]
        return names[0] if len(names) == 1 else ""

    def _computed(self, tensor: TensorRecord) -> bool:
        """Whether an op with a node made it; ``torch.ones(…, requires_grad=True)`` makes a leaf."""
        return self.trace is not None and tensor.made_by is not None and bool(self.trace.ops[tensor.made_by].sequence)

    def writer_of(self, storage: int, after: int | None) -> str:
        """The line of the first write into the live storage with this key after op ``after``."""
        if self.trace is None:
            return ""
        stores = enumerate(self.trace.storages)
        at = next((k for k, store in stores if store.key == storage and store.freed_before is None), None)
        if at is None:
            return ""
        for k in range(0 if after is None else after + 1, len(self.trace.ops)):
            if any(self.trace.tensors[t].storage == at for t in self.trace.ops[k].written):
                return self.line_of(k)
        return ""

    def constants(self, op: int) -> list[TensorRecord]:
        """The inputs of the op that require no grad, in order."""
        if self.trace is None:
            return []
        tensors = [self.trace.tensors[use.tensor] for use in self.trace.ops[op].inputs]
        return [tensor for tensor in tensors if not tensor.requires_grad]

    def border(self, tensor: TensorRecord) -> Border | None:
        """Where the way from a tensor without a history back to one that requires grad was cut off."""
        if self.trace is None:
            return None
        waiting, met = [tensor], 0
        while waiting and met < MOST_BACK:
            at, met = waiting.pop(), met + 1
            if at.made_by is None or not at.dtype.startswith(("float", "bfloat", "complex")):
                continue
            op = self.trace.ops[at.made_by]
            given = [self.trace.tensors[use.tensor] for use in op.inputs]
            history = next((one for one in given if one.requires_grad), None)
            if history is not None:
                why = "detached" if _detaches(op) else "switched off"
                return Border(why, history.name, self.line_of(at.made_by))
            waiting += given
        return None


def _detaches(op: OpRecord) -> bool:
    return "detach" in op.name or ".data" in op.name
