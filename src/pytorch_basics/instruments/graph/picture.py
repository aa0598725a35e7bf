"""One picture of a graph: its boxes, and the lines between them and to what is outside of it.

In go a graph in backward order and the stretch that is drawn, cut into parts; out come plain items and lines. An op, a
leaf and a stop are boxes of their own; a part that is folded is one box, and what leads out of the picture ends in a
port.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytorch_basics.instruments.graph.record import EdgeRecord
from pytorch_basics.instruments.graph.stretch import Ordered, Stretch

PORTS = 8  # ways out of a picture, up and down, that are drawn one by one


@dataclass(frozen=True)
class Item:
    """A box. ``kind`` is ``"op"`` or ``"leaf"`` (``at`` is the node), ``"stop"`` (``at`` the stop), ``"group"`` (``at``
    is its picture, None where it is not drawn), ``"from"`` or ``"to"`` (``at`` is a node outside, None for several).

    ``title``, ``ops``, ``leaves`` and ``nodes`` are a group's; a port for several nodes has their number in ``ops``.
    """

    kind: str
    at: int | None
    title: str = ""
    ops: int = 0
    leaves: int = 0
    nodes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Line:
    """A way from one box to a lower one: ``ways`` are the edges of the record, ``stop`` a stop of it."""

    source: int
    target: int
    ways: tuple[int, ...] = ()
    stop: int | None = None


@dataclass(frozen=True)
class Picture:
    """What is drawn at once. ``up`` is the picture it is opened from, None for the whole graph."""

    title: str
    up: int | None
    items: tuple[Item, ...]
    lines: tuple[Line, ...]


def picture(
    graph: Ordered, whole: Stretch, parts: Sequence[Stretch], numbers: Sequence[int | None], up: int | None
) -> Picture:
    """The boxes of one picture and the lines between them."""
    draft = _Draft(graph, whole, parts)
    for part, number in zip(parts, numbers, strict=True):
        draft.add(part, number)
    for at in range(whole.first, whole.end):
        draft.go_on(at)
    draft.come_in()
    return Picture(whole.title, up, tuple(draft.items), tuple(draft.lines()))


class _Draft:
    """A picture while it is put together."""

    def __init__(self, graph: Ordered, whole: Stretch, parts: Sequence[Stretch]) -> None:
        self.graph, self.whole = graph, whole
        self.items: list[Item] = []
        self.box: list[int] = []  # the box of each op of the stretch
        self.others: dict[tuple[str, int], int] = {}
        self.found: dict[tuple[int, int, int], list[int]] = {}
        self.ports: dict[str, list[int]] = {"from": [], "to": []}

    def add(self, part: Stretch, number: int | None) -> None:
        """A box for a part."""
        self.box += [len(self.items)] * (part.end - part.first)
        if not part.closed:
            self.items.append(Item("op", self.graph.order[part.first]))
            return
        inside = [k for k, (first, last) in self._used(part) if part.first <= first and last < part.end]
        nodes = (*self.graph.order[part.first : part.end], *inside)
        ops = part.end - part.first
        self.items.append(Item("group", number, part.title, ops, len(inside), nodes))

    def _used(self, part: Stretch) -> Iterator[tuple[int, tuple[int, int]]]:
        record, users, seen = self.graph.record, self.graph.users, set()
        for at in range(part.first, part.end):
            for n in self.graph.out[at]:
                target = record.edges[n].target
                if target in users and target not in seen:
                    seen.add(target)
                    yield target, users[target]

    def go_on(self, at: int) -> None:
        """The lines that leave the op at a place."""
        source = self.box[at - self.whole.first]
        alone = self.items[source].kind == "op"
        for n in self.graph.out[at]:
            target = self._target(self.graph.record.edges[n], source, alone)
            if target is not None:
                self.found.setdefault((source, target, n if self._single(source, target) else -1), []).append(n)
        for n in self.graph.stops[at] if alone else ():
            self.items.append(Item("stop", n))
            self.found[source, len(self.items) - 1, -2 - n] = []

    def _target(self, edge: EdgeRecord, source: int, alone: bool) -> int | None:
        graph, whole = self.graph, self.whole
        if edge.target in graph.place:
            at = graph.place[edge.target]
            if at >= whole.end:
                return self._port("to", edge.target)
            target = self.box[at - whole.first]
            return None if target == source and not alone else target
        first, last = graph.users[edge.target]
        if first < whole.first or last >= whole.end:
            return self._port("to", edge.target)
        same = self.box[first - whole.first] == self.box[last - whole.first] == source
        return None if same and not alone else self._other("leaf", edge.target)

    def _other(self, kind: str, at: int) -> int:
        if (kind, at) not in self.others:
            self.others[kind, at] = len(self.items)
            self.items.append(Item(kind, at))
        return self.others[kind, at]

    def _port(self, kind: str, at: int) -> int:
        ports = self.ports[kind]
        if at not in ports:
            ports.append(at)
        if ports.index(at) < PORTS:
            return self._other(kind, at)
        number = self._other(kind, -1)
        self.items[number] = Item(kind, None, ops=len(ports) - PORTS)
        return number

    def _single(self, source: int, target: int) -> bool:
        return {self.items[source].kind, self.items[target].kind} <= {"op", "leaf", "from", "to"}

    def come_in(self) -> None:
        """The lines that reach this stretch from ops outside."""
        graph, whole = self.graph, self.whole
        for at in range(whole.first, whole.end):
            for n in graph.into[at]:
                outside = graph.record.edges[n].source
                if graph.place[outside] < whole.first:
                    source, target = self._port("from", outside), self.box[at - whole.first]
                    self.found.setdefault((source, target, n if self._single(source, target) else -1), []).append(n)

    def lines(self) -> Iterator[Line]:
        """Every line, once."""
        for (source, target, which), ways in self.found.items():
            yield Line(source, target, tuple(ways), -2 - which if which < -1 else None)
