"""A graph's ops in the backward order, and stretches of them: what a picture is cut from.

In goes a ``GraphRecord``, out comes where each op stands and what it sends on. A stretch of ops that follow one another
can be one box without making a cycle, whatever the ops are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate

from pytorch_basics.instruments.graph.record import GraphRecord
from pytorch_basics.instruments.graph.words import snake
from pytorch_basics.instruments.trace.names import split

DEEPEST = 16  # steps into the modules


@dataclass(frozen=True)
class Stretch:
    """A stretch of ops, ``order[first:end]``; ``deep`` is how many steps into the modules it has gone."""

    first: int
    end: int
    deep: int
    title: str = ""
    closed: bool = True  # a group; else it is one op that stands for itself


@dataclass
class Ordered:
    """A record in backward order: ``order`` are its ops, ``place`` where each stands in it.

    By place: ``out`` and ``into`` are positions of edges (from ops only), ``stops`` of stops, ``paths`` modules step by
    step, ``words`` the ops as Python writes them. ``users`` are the first and last place that use a leaf, ``extras``
    how many boxes all ops before a place are with their leaves and stops.
    """

    record: GraphRecord
    order: list[int] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)
    out: list[list[int]] = field(default_factory=list)
    into: list[list[int]] = field(default_factory=list)
    stops: list[list[int]] = field(default_factory=list)
    users: dict[int, tuple[int, int]] = field(default_factory=dict)
    paths: list[tuple[str, ...]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    extras: list[int] = field(default_factory=list)


def read(record: GraphRecord) -> Ordered:
    """The record in backward order."""
    graph = Ordered(record, _in_order(record))
    graph.place = {k: at for at, k in enumerate(graph.order)}
    graph.out = [[] for _ in graph.order]
    graph.into = [[] for _ in graph.order]
    graph.stops = [[] for _ in graph.order]
    for n, edge in enumerate(record.edges):
        at = graph.place[edge.source]
        graph.out[at].append(n)
        if record.nodes[edge.target].leaf:
            first, last = graph.users.get(edge.target, (at, at))
            graph.users[edge.target] = min(first, at), max(last, at)
        else:
            graph.into[graph.place[edge.target]].append(n)
    for n, stop in enumerate(record.stops):
        graph.stops[graph.place[stop.source]].append(n)
    steps = {path: split(path)[:DEEPEST] for path in {node.module for node in record.nodes}}
    graph.paths = [steps[record.nodes[k].module] for k in graph.order]
    words = {name: snake(name) for name in {node.op for node in record.nodes}}
    graph.words = [words[record.nodes[k].op] for k in graph.order]
    leaves = Counter(first for first, _ in graph.users.values())
    graph.extras = [0, *accumulate(1 + leaves[at] + len(mine) for at, mine in enumerate(graph.stops))]
    return graph


def _in_order(record: GraphRecord) -> list[int]:
    """The ops so that each stands after all that send it a gradient: later ones first, as the backward pass goes."""
    ops = [k for k, node in enumerate(record.nodes) if not node.leaf]
    turn = {k: (-(record.nodes[k].sequence or 0), k) for k in ops}
    inner = (edge for edge in record.edges if edge.target in turn)
    # Threads count for themselves; where the numbers contradict the edges, the record's own order is right.
    return sorted(ops, key=turn.__getitem__) if all(turn[e.source] < turn[e.target] for e in inner) else ops


def weight(graph: Ordered, part: Stretch) -> int:
    """How many boxes a part is when all of it is drawn."""
    return graph.extras[part.end] - graph.extras[part.first]
