"""What was read of a live graph, and of a backward pass through it: cheap tuples with no live thing among them.

In go what ``read`` (the graph) and ``capture`` (the pass) looked at while it was there; ``assemble`` makes records of
them when somebody asks, so that looking costs little and keeps no activation alive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pytorch_basics.instruments.graph.record import NumbersRecord, Shape


class TensorFacts(NamedTuple):
    """One tensor. ``storage`` is its storage's identity (0: none); ``maker`` the node whose ``output`` it is."""

    name: str
    shape: Shape
    dtype: str
    nbytes: int
    storage: int
    storage_bytes: int
    requires_grad: bool
    version: int | None
    maker: int | None
    output: int
    value: NumbersRecord | None


class KeptFacts(NamedTuple):
    """One saved tensor; ``tensor`` is None where it is packed or freed. ``state`` is as in ``SavedRecord``."""

    slot: str
    state: str
    saved_version: int | None
    tensor: TensorFacts | None


class NodeFacts(NamedTuple):
    """One node: its outputs' shapes and dtypes; ``leaf`` is the tensor that a leaf's node gathers gradients for."""

    op: str
    sequence: int | None
    outputs: tuple[tuple[Shape, str], ...]
    kept: tuple[KeptFacts, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    leaf: TensorFacts | None = None
    held: NumbersRecord | None = None
    own: bool = False


@dataclass
class GraphFacts:
    """A graph as it was when it was looked at. ``named`` are the learner's variables by node and output, ``modules``
    the module of each leaf that is a parameter, ``shared`` a name for each storage that has a history."""

    nodes: list[NodeFacts]
    edges: list[tuple[int, int, int, int]]
    stops: list[tuple[int, int]]
    output: int = 0
    named: dict[tuple[int, int], TensorFacts] = field(default_factory=dict)
    modules: dict[int, str] = field(default_factory=dict)
    shared: dict[int, str] = field(default_factory=dict)


@dataclass
class PassFacts:
    """What one backward pass showed: nodes in the order they ran, the gradient that arrived for each ``(node,
    output)``, what came along each ``(node, argument)``, and each leaf's ``.grad`` before and after."""

    order: list[int] = field(default_factory=list)
    arrived: dict[tuple[int, int], NumbersRecord | None] = field(default_factory=dict)
    came: dict[tuple[int, int], NumbersRecord | None] = field(default_factory=dict)
    before: dict[int, NumbersRecord | None] = field(default_factory=dict)
    after: dict[int, NumbersRecord | None] = field(default_factory=dict)
    error: str = ""
