"""Reads a live graph into facts: outputs, saved tensors, the learner's names, what each leaf's ``.grad`` holds.

In go a walk over live nodes, named tensors, and the two questions that only ``capture`` can ask of a tensor (what is
it, which numbers are in it); out come ``GraphFacts``. No torch: live things are only handed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from pytorch_basics.instruments.graph import saved
from pytorch_basics.instruments.graph.facts import GraphFacts, KeptFacts, NodeFacts, TensorFacts
from pytorch_basics.instruments.graph.numbers import SMALL
from pytorch_basics.instruments.graph.record import NumbersRecord, Shape
from pytorch_basics.instruments.graph.walk import Walk
from pytorch_basics.instruments.trace.names import Named

Look = Callable[[Any], tuple[Shape, str, int, int, int]]
Numbers = Callable[[Any, int | None], NumbersRecord | None]
LEAF = "AccumulateGrad"
_ENDING = re.compile(r"Backward\d*$")
_RESULT = re.compile(r"(?:result|output)s?(\d*)$")  # the slots in which a node keeps what it gave
_OWN = {"PowBackward2": "Rpow"}  # 2 ** x: its only argument is the exponent, not the base
_NO_NUMBER = 1 << 60  # a leaf's node has 2⁶⁴ − 1 for its sequence number


def read(live: Walk, named: Iterable[Named], look: Look, numbers: Numbers) -> GraphFacts:
    """The facts of a walk; the first of ``named`` is the loss."""
    return _Reader(live, named, look, numbers).facts()


class _Reader:
    """Lives as long as one look takes, and holds what it met: a freed object's id could be given to another."""

    def __init__(self, live: Walk, named: Iterable[Named], look: Look, numbers: Numbers) -> None:
        self.live, self.look, self.numbers = live, look, numbers
        self.position = {id(node): k for k, node in enumerate(live.nodes)}
        self.ops = [_op(node.name()) for node in live.nodes]
        self.variables = {k: live.nodes[k].variable for k, op in enumerate(self.ops) if op == LEAF}
        self.leaf_at = {id(variable): k for k, variable in self.variables.items()}
        self.known: dict[int, Named] = {}  # by the identity of the tensor
        self.places: dict[tuple[int, int], Named] = {}  # by node and output
        self.modules: dict[int, str] = {}
        self.loss: Named | None = None
        for part in named:
            self._add(part)
        self.kept = [saved.kept(node) for node in live.nodes]
        self.seen: dict[int, TensorFacts] = {}

    def _add(self, part: Named) -> None:
        """Take a name. The first that a tensor gets is the one it keeps."""
        self.loss = self.loss or part
        tensor = part.tensor
        if id(tensor) not in self.known or not self.known[id(tensor)].name:
            self.known[id(tensor)] = part
        leaf = self.leaf_at.get(id(tensor))
        if leaf is not None and part.module:
            self.modules.setdefault(leaf, part.module)
        place = self._maker(tensor), tensor.output_nr
        if place[0] is not None and (place not in self.places or not self.places[place].name):
            self.places[place] = part  # type: ignore[index]  # not None

    def facts(self) -> GraphFacts:
        nodes = [self._node(k) for k in range(len(self.ops))]
        named = {place: self._tensor(part.tensor) for place, part in self.places.items()}
        output = self.loss.tensor.output_nr if self.loss else 0
        live = self.live
        return GraphFacts(nodes, live.edges, live.stops, output, named, self.modules, self._shared())

    def _node(self, k: int) -> NodeFacts:
        live = self.live.nodes[k]
        if k in self.variables:
            leaf = self._tensor(self.variables[k])
            return NodeFacts(LEAF, None, ((leaf.shape, leaf.dtype),), (), (), leaf, self.numbers(self._grad(k), None))
        outputs = tuple([(shape_of(about), spelled(about.dtype)) for about in live._input_metadata])
        sequence = live._sequence_nr()
        kept = tuple([self._saved(k, part) for part in self.kept[k]])
        about = outputs, kept, saved.settings(live)
        own = hasattr(type(live), "saved_tensors")  # only a Function written in Python has them; reading unpacks
        return NodeFacts(self.ops[k], sequence if sequence < _NO_NUMBER else None, *about, own=own)

    def _grad(self, k: int) -> Any:
        return self.variables[k].grad

    def _saved(self, k: int, kept: saved.Kept) -> KeptFacts:
        if kept.tensor is None:
            return KeptFacts(kept.slot, kept.state, kept.saved_version, None)
        facts = self._tensor(kept.tensor)
        result = _RESULT.match(kept.slot)
        if result and facts.maker is None and not facts.requires_grad:
            # A node keeps its own result without a way back to itself: nothing else tells whose it is.
            output = int(result[1] or 0)
            part = self.places.get((k, output))
            facts = facts._replace(name=part.name if part else "", maker=k, output=output, requires_grad=True)
        return KeptFacts(kept.slot, kept.state, kept.saved_version, facts)

    def _tensor(self, tensor: Any) -> TensorFacts:
        if id(tensor) in self.seen:
            return self.seen[id(tensor)]
        shape, dtype, nbytes, where, size = self.look(tensor)
        maker, output = self._maker(tensor), tensor.output_nr
        part = self.known.get(id(tensor)) or (self.places.get((maker, output)) if maker is not None else None)
        name, value = part.name if part else "", self.numbers(tensor, SMALL)
        grad, version = tensor.requires_grad, _version(tensor)
        facts = TensorFacts(name, shape, dtype, nbytes, where, size, grad, version, maker, output, value)
        self.seen[id(tensor)] = facts
        return facts

    def _maker(self, tensor: Any) -> int | None:
        leaf = self.leaf_at.get(id(tensor))
        # The graph's own nodes are held, so no other object can have the id of one of them.
        return leaf if leaf is not None else self.position.get(id(tensor.grad_fn))

    def _shared(self) -> dict[int, str]:
        """A name for each storage in which lie a tensor with a history and a kept one without: that is detached."""
        cut = {facts.storage for facts in self.seen.values() if facts.storage and not facts.requires_grad}
        found: dict[int, str] = {}
        if not cut:
            return found
        for part in self.known.values():
            if part.tensor.requires_grad:
                self._tensor(part.tensor)
        for facts in self.seen.values():
            if facts.requires_grad and facts.storage in cut and not found.get(facts.storage):
                found[facts.storage] = facts.name
        return found


@cache
def _op(name: str) -> str:
    name = name.rsplit("::", 1)[-1]
    return _OWN.get(name) or _ENDING.sub("", name)


def shape_of(about: Any) -> Shape:
    """The shape as plain numbers; empty for a nested tensor, whose rows have different lengths."""
    try:
        shape = tuple(about.shape)
        for size in shape:
            if type(size) is not int:
                return tuple(map(int, shape))
    except (RuntimeError, TypeError, AttributeError):
        return ()
    return shape


@cache
def spelled(dtype: Any) -> str:
    """A dtype as PyTorch writes it, ``float32``."""
    return str(dtype).removeprefix("torch.")


def _version(tensor: Any) -> int | None:
    try:
        return int(tensor._version)
    except RuntimeError:  # an inference tensor keeps none
        return None
