"""Makes the record of a graph from what was read of it: nodes, saved tensors, edges, where gradients stop, modules.

In go ``GraphFacts``, what a trace knows (``Sources``) and, after a backward pass, ``PassFacts``; out comes a
``GraphRecord``. No torch and no live thing: it runs when somebody asks for the record, however much later.
"""

from __future__ import annotations

from collections import Counter

from pytorch_basics.instruments.graph.facts import GraphFacts, KeptFacts, NodeFacts, PassFacts, TensorFacts
from pytorch_basics.instruments.graph.record import (
    EdgeRecord,
    GraphRecord,
    NodeRecord,
    NumbersRecord,
    OutputRecord,
    SavedRecord,
    Shape,
    StopRecord,
)
from pytorch_basics.instruments.graph.sources import Sources
from pytorch_basics.instruments.trace import names

LEAF = "AccumulateGrad"
# Which argument of an op a saved slot is: only where PyTorch saves it under the argument's own name.
ARGUMENTS = {
    **dict.fromkeys(("Mul", "Div", "Sub", "Add", "Atan2", "Maximum", "Minimum"), ("self", "other")),
    **dict.fromkeys(("Mm", "Bmm"), ("self", "mat2")),
    "Addmm": ("self", "mat1", "mat2"),
    **dict.fromkeys(("MseLoss", "BinaryCrossEntropyWithLogits", "BinaryCrossEntropy", "L1Loss"), ("self", "target")),
    "Mv": ("self", "vec"),
    "Dot": ("self", "tensor"),
    **dict.fromkeys(("Convolution", "Linear"), ("input", "weight", "bias")),
    **dict.fromkeys(("NativeBatchNorm", "NativeLayerNorm"), ("input", "weight", "bias")),
}
# Ops that a parameter goes through on its way to the op that uses it: ``linear`` takes the weight transposed.
PASSES_ON = frozenset(("T", "Transpose", "View", "Expand", "ToCopy", "Permute", "Unsqueeze", "Slice", "Select"))


def assemble(facts: GraphFacts, sources: Sources, passed: PassFacts | None) -> GraphRecord:
    """The record of a graph, with its gradients once a backward pass went through it."""
    return _Assembly(facts, sources, passed).record()


class _Assembly:
    def __init__(self, facts: GraphFacts, sources: Sources, passed: PassFacts | None) -> None:
        self.facts, self.sources, self.passed = facts, sources, passed or PassFacts()
        self.ran = passed is not None
        self.turn = {k: step for step, k in enumerate(self.passed.order)}
        self.traced = [sources.op_of(node.sequence, node.outputs[0][0] if node.outputs else ()) for node in facts.nodes]
        self.target = {(source, argument): target for source, argument, target, _ in facts.edges}
        self.arrivals = Counter((target, output) for *_, target, output in facts.edges)
        self.values = self._values()
        self.places: dict[int, int] = {}
        self.sizes: list[int] = []

    def record(self) -> GraphRecord:
        facts, passed = self.facts, self.passed
        modules = self._modules()
        nodes = tuple([self._node(k, modules.get(k, "")) for k in range(len(facts.nodes))])
        edges = tuple([EdgeRecord(*edge, self._came(*edge)) for edge in facts.edges])
        stops = tuple([stop for k, places in self._stops().items() for stop in self._stop(k, places)])
        freed = sum(any(kept.state == "freed" for kept in node.kept) for node in facts.nodes)
        return GraphRecord(
            *(nodes[0].outputs[facts.output].name, nodes, facts.output, edges, stops, tuple(self.sizes), freed),
            *(self.ran, passed.error, passed.order[-1] if passed.error and passed.order else None, self._notes()),
        )

    def _notes(self) -> tuple[str, ...]:
        if self.sources.trace is None or any(op is not None for op in self.traced):
            return ()
        return ("the trace did not see this graph being made: trace the code that computes the loss",)

    def _values(self) -> dict[tuple[int, int], NumbersRecord]:
        """The numbers of outputs that a variable or a later op still holds as they were."""
        found = {}
        for node in self.facts.nodes:
            for kept in node.kept:
                if kept.tensor and not kept.state and kept.tensor.maker is not None and kept.tensor.value:
                    found[kept.tensor.maker, kept.tensor.output] = kept.tensor.value
        named = {place: facts.value for place, facts in self.facts.named.items() if facts.value}
        return found | named

    def _node(self, k: int, module: str) -> NodeRecord:
        node = self.facts.nodes[k]
        held, after = (self.passed.before.get(k), self.passed.after.get(k)) if self.ran else (node.held, None)
        saved = tuple([self._saved(k, node, kept) for kept in node.kept])
        return NodeRecord(
            *(node.op, self._outputs(k, node), saved, node.settings, node.sequence, held, after, self.turn.get(k)),
            *(module, self.sources.line_of(self.traced[k]), self.traced[k], node.own),
        )

    def _outputs(self, k: int, node: NodeFacts) -> tuple[OutputRecord, ...]:
        made = []
        for nr, (shape, dtype) in enumerate(node.outputs):
            known = node.leaf or self.facts.named.get((k, nr))
            name = (known.name if known else "") or self._name(k, nr, shape)
            value = node.leaf.value if node.leaf else self.values.get((k, nr))
            made.append(OutputRecord(shape, dtype, name, value, self.passed.arrived.get((k, nr))))
        return tuple(made)

    def _name(self, k: int, nr: int, shape: Shape) -> str:
        """What the trace calls an output that no variable here holds."""
        if self.sources.trace is None:
            return ""
        op, node = self.traced[k], self.facts.nodes[k]
        if op is not None:
            return self.sources.name_of(op, nr) if self.sources.last_of(op, node.sequence) else ""
        if node.leaf:
            users = (source for source, _, target, _ in self.facts.edges if target == k)
            return next((n for user in users if (n := self.sources.leaf_name(self.traced[user], shape))), "")
        return ""

    def _saved(self, k: int, node: NodeFacts, kept: KeptFacts) -> SavedRecord:
        facts = kept.tensor
        if facts is None:
            return SavedRecord(kept.slot, state=kept.state)
        stale = kept.state == "stale"
        # Written into since, a tensor has the write for its maker; the edge still leads to what it was.
        maker = self._by_slot(k, kept.slot) if stale and facts.maker != k else facts.maker
        return SavedRecord(
            *(kept.slot, facts.name, facts.shape, facts.dtype, facts.nbytes, self._place(facts), maker),
            *(facts.requires_grad, kept.state, kept.saved_version, facts.version if stale else None),
            self.sources.writer_of(facts.storage, self.traced[k]) if stale else "",
        )

    def _by_slot(self, k: int, slot: str) -> int | None:
        slots = ARGUMENTS.get(self.facts.nodes[k].op, ("self",))
        return self.target.get((k, slots.index(slot))) if slot in slots else None

    def _place(self, facts: TensorFacts) -> int | None:
        if not facts.storage:
            return None
        if facts.storage not in self.places:
            self.places[facts.storage] = len(self.sizes)
            self.sizes.append(facts.storage_bytes)
        return self.places[facts.storage]

    def _came(self, source: int, argument: int, target: int, output: int) -> NumbersRecord | None:
        """What came along an edge. Where it alone ends, that is what arrived, unless it was seen to be changed."""
        if (source, argument) in self.passed.came:
            return self.passed.came[source, argument]
        if self.arrivals[target, output] > 1 or source not in self.turn:
            return None
        return self.passed.arrived.get((target, output))

    def _stops(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for source, argument in self.facts.stops:
            found.setdefault(source, []).append(argument)
        return found

    def _stop(self, k: int, arguments: list[int]) -> list[StopRecord]:
        """The arguments of one node that no gradient goes to: what it saved tells about them, else the trace."""
        stops = [self._kept_stop(k, argument) for argument in arguments]
        op = self.traced[k]
        if op is None or not self.sources.last_of(op, self.facts.nodes[k].sequence):
            return stops
        constants = self.sources.constants(op)
        if not constants:
            return [StopRecord(k, s.argument, "number") if s.why == "unknown" else s for s in stops]
        if len(constants) != len(stops):
            return stops
        found = []
        for stop, tensor in zip(stops, constants, strict=True):
            border = self.sources.border(tensor) if stop.why in ("unknown", "no grad") else None
            about = tensor.name or stop.name, tensor.shape, tensor.dtype
            if border:
                found.append(
                    StopRecord(k, stop.argument, border.why, *about, border.shares or stop.shares, border.line)
                )
            else:
                found.append(StopRecord(k, stop.argument, "no grad", *about) if stop.why == "unknown" else stop)
        return found

    def _kept_stop(self, k: int, argument: int) -> StopRecord:
        node = self.facts.nodes[k]
        slots = ARGUMENTS.get(node.op, ())
        slot = slots[argument] if argument < len(slots) else None
        facts = next((kept.tensor for kept in node.kept if kept.slot == slot and kept.tensor), None)
        if facts is None or facts.requires_grad:
            return StopRecord(k, argument, "unknown")
        about = facts.name, facts.shape, facts.dtype
        if facts.storage in self.facts.shared:
            return StopRecord(k, argument, "detached", *about, self.facts.shared[facts.storage])
        if not facts.shape and not facts.name and facts.value and facts.value.values:
            return StopRecord(k, argument, "number", f"{facts.value.values[0]:g}", facts.shape, facts.dtype)
        return StopRecord(k, argument, "no grad", *about)

    def _modules(self) -> dict[int, str]:
        """The module of each node: a trace knows it, else the parameters tell."""
        nodes = self.facts.nodes
        found = {k: self.sources.module_of(op) for k, op in enumerate(self.traced) if op is not None}
        if found:  # a leaf belongs where it is used
            users = {target: found.get(source, "") for source, _, target, _ in reversed(self.facts.edges)}
            return found | {k: users.get(k, "") for k, node in enumerate(nodes) if node.leaf}
        if self.facts.modules:
            ops = [k for k, node in enumerate(nodes) if node.op != LEAF]
            found = names.spread(self._owners(), sorted(ops, key=lambda k: (nodes[k].sequence or 0, -k)))
        return found | self.facts.modules

    def _owners(self) -> dict[int, str]:
        """The nodes that use a parameter, themselves or through a view of it, with the parameter's module."""
        own: dict[int, str] = {}
        owner = dict(self.facts.modules)
        for source, _, target, _ in reversed(self.facts.edges):
            module = owner.get(target, "")
            if module and source not in own:
                own[source] = module
                if self.facts.nodes[source].op in PASSES_ON:
                    owner[source] = module
        return own
