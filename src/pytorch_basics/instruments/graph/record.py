"""What one look at an autograd graph found: plain data, frozen, and the same after a trip through JSON.

In go the pieces that ``capture`` read from live nodes; out come records that ``text``, ``html``, the doctor and the
playground draw or reason about. No torch: shapes are tuples, and what is pointed at is pointed at by its position.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod

from pytorch_basics.instruments import as_json

Shape = tuple[int, ...]
Value = bool | int | float | complex


@dataclass(frozen=True)
class NumbersRecord:
    """The numbers of one tensor: every value of a small one, else its norm.

    ``values`` are in row-major order, and empty when there are too many. ``norm`` is the root of the sum of squares,
    estimated from ``looked_at`` elements unless ``exact``; None when nothing could be read. ``zeros`` counts the zeros
    among them where it is estimated: of a gradient that is mostly zeros, a sample tells little.
    """

    shape: Shape
    dtype: str
    values: tuple[Value, ...] = ()
    norm: float | None = None
    looked_at: int = 0
    exact: bool = True
    zeros: int = 0

    @property
    def numel(self) -> int:
        """How many elements the shape has."""
        return prod(self.shape)


@dataclass(frozen=True)
class SavedRecord:
    """One tensor that a node keeps for the backward pass. ``slot`` is PyTorch's word for it (``self``, ``mat2``).

    ``state`` is ``""`` (as it was saved), ``"stale"`` (written into since: ``saved_version`` is what backward wants,
    ``version`` what it will find, ``changed_at`` the line that wrote, if a trace knows it), ``"packed"`` (the
    learner's saved-tensor hooks hold it, so it was not read) or ``"freed"``. ``storage`` is a position in
    ``GraphRecord.storages``: two saved tensors with one ``storage`` share it. ``made_by`` is the node whose output it
    is (the node itself, for a result that it kept), and ``requires_grad`` whether a gradient goes back to it.
    """

    slot: str
    name: str = ""
    shape: Shape = ()
    dtype: str = ""
    nbytes: int = 0
    storage: int | None = None
    made_by: int | None = None
    requires_grad: bool = False
    state: str = ""
    saved_version: int | None = None
    version: int | None = None
    changed_at: str = ""


@dataclass(frozen=True)
class OutputRecord:
    """One tensor that a node's op gave, as the learner names it, and the gradient that arrived for it."""

    shape: Shape
    dtype: str
    name: str = ""
    value: NumbersRecord | None = None
    gradient: NumbersRecord | None = None


@dataclass(frozen=True)
class NodeRecord:
    """One node of the autograd graph: an op that ran forward, or a leaf that gathers its gradient.

    ``op`` is PyTorch's name without ``Backward0`` (``Mul``, ``Addmm``; ``AccumulateGrad`` for a leaf). ``held`` is
    what a leaf's ``.grad`` held when the graph was captured (None: nothing), ``held_after`` after the backward pass.
    ``step`` is its turn in the backward pass, counted from 0; None before one. ``module`` and ``line`` come from a
    trace; without one ``module`` follows the model's parameters. ``traced`` is the op that made it, a position in the
    trace's ``ops``. ``settings`` are numbers that its derivative needs (an exponent, a dim) by PyTorch's
    names. ``own`` marks a ``torch.autograd.Function`` of the learner's, whose class ``op`` is.
    """

    op: str
    outputs: tuple[OutputRecord, ...]
    saved: tuple[SavedRecord, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    sequence: int | None = None
    held: NumbersRecord | None = None
    held_after: NumbersRecord | None = None
    step: int | None = None
    module: str = ""
    line: str = ""
    traced: int | None = None
    own: bool = False

    @property
    def leaf(self) -> bool:
        """Whether this is where a gradient is kept: a tensor that was not computed from others."""
        return self.op == "AccumulateGrad"

    @property
    def name(self) -> str:
        """What the learner calls its first output that has a name."""
        return next((output.name for output in self.outputs if output.name), "")


@dataclass(frozen=True)
class EdgeRecord:
    """The way a gradient takes: from argument ``argument`` of node ``source`` to output ``output`` of ``target``.

    ``contribution`` is what came along it in the backward pass; the output's ``gradient`` is the sum of all of them.
    """

    source: int
    argument: int
    target: int
    output: int = 0
    contribution: NumbersRecord | None = None


@dataclass(frozen=True)
class StopRecord:
    """An argument of node ``source`` that no gradient goes to. ``why`` is one of

    ``"detached"``: it has the bytes of ``shares``, which has a history, but not the history;
    ``"switched off"``: it was computed from ``shares`` while gradients were off (``torch.no_grad()``);
    ``"no grad"``: a tensor that does not require grad; ``"number"``: a number, which ``name`` spells;
    ``"unknown"``: a number, or a tensor that the node did not keep and no trace saw.

    ``line`` is the learner's line of that border, when a trace knows it.
    """

    source: int
    argument: int
    why: str
    name: str = ""
    shape: Shape = ()
    dtype: str = ""
    shares: str = ""
    line: str = ""


@dataclass(frozen=True)
class GraphRecord:
    """What ``pb.graph`` found. ``nodes[0]`` made the loss ``name`` (``""`` when no variable holds it), as its output
    ``output``. Every edge goes to a node after its source.

    ``storages`` are the bytes of each piece of memory that saved tensors lie in.
    ``freed`` counts the nodes whose saved tensors are gone; ``ran`` says whether gradients were recorded; ``error``
    is what the backward pass raised, in node ``failed``. ``notes`` are sentences about what could not be seen.
    """

    name: str
    nodes: tuple[NodeRecord, ...]
    output: int = 0
    edges: tuple[EdgeRecord, ...] = ()
    stops: tuple[StopRecord, ...] = ()
    storages: tuple[int, ...] = ()
    freed: int = 0
    ran: bool = False
    error: str = ""
    failed: int | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def arriving(self) -> dict[tuple[int, int], list[EdgeRecord]]:
        """The edges that end in each ``(node, output)``."""
        found: dict[tuple[int, int], list[EdgeRecord]] = {}
        for edge in self.edges:
            found.setdefault((edge.target, edge.output), []).append(edge)
        return found

    @cached_property
    def leaving(self) -> dict[int, list[EdgeRecord | StopRecord]]:
        """The edges and stops of each node, in the order of its arguments."""
        found: dict[int, list[EdgeRecord | StopRecord]] = {}
        ways: list[EdgeRecord | StopRecord] = [*self.edges, *self.stops]
        for way in sorted(ways, key=lambda way: (way.source, way.argument)):
            found.setdefault(way.source, []).append(way)
        return found

    @property
    def saved_bytes(self) -> int:
        """Bytes of the storages that saved tensors keep alive; a storage that several lie in counts once."""
        kept = {saved.storage for node in self.nodes for saved in node.saved}
        return sum(self.storages[storage] for storage in kept if storage is not None)

    @property
    def leaves(self) -> Iterator[int]:
        """The positions of the nodes that gather gradients."""
        return (k for k, node in enumerate(self.nodes) if node.leaf)

    def find(self, name: str) -> int | None:
        """The position of the node that made the tensor with this name."""
        return next((k for k, n in enumerate(self.nodes) if any(o.name == name for o in n.outputs)), None)

    def to_json(self) -> str:
        """This record as JSON; ``GraphRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> GraphRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, GraphRecord, *_PARTS)

    def text(self, *, only: str = "", whole: bool = False) -> str:
        """The graph as text. A long one is folded by modules: ``only`` opens one, ``whole`` shows every node."""
        from pytorch_basics.instruments.graph.text import text

        return text(self, only=only, whole=whole)

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pytorch_basics.instruments.graph.html import html

        return {"text/html": html(self), "text/plain": str(self)}


_PARTS = (NumbersRecord, SavedRecord, OutputRecord, NodeRecord, EdgeRecord, StopRecord)
