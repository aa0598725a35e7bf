"""Walks the autograd graph from the node of a loss, breadth first and without recursion, however deep it is.

In goes a live node (nothing of it but ``next_functions`` is used), out come all nodes, each after every node whose
gradient it needs, and the edges between them: the order in which a backward pass can visit them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Walk:
    """Live nodes in a backward order; an edge is ``(source, argument, target, output)``, a stop ``(source, argument)``.

    The nodes are held while this lives: Python's object for a node is made anew when nobody holds it.
    """

    nodes: list[Any]
    edges: list[tuple[int, int, int, int]] = field(default_factory=list)
    stops: list[tuple[int, int]] = field(default_factory=list)


def walk(root: Any) -> Walk:
    """Every node that ``root`` leads to."""
    found, ways = _reach(root)
    order = _sorted(found, ways)
    position = {at: k for k, at in enumerate(order)}
    done = Walk([found[at] for at in order])
    for at in order:
        source = position[at]
        for argument, way in enumerate(ways[at]):
            if way is None:
                done.stops.append((source, argument))
            else:
                done.edges.append((source, argument, position[way[0]], way[1]))
    return done


def _reach(root: Any) -> tuple[list[Any], list[list[tuple[int, int] | None]]]:
    found, number = [root], {id(root): 0}
    ways: list[list[tuple[int, int] | None]] = []
    for node in found:  # grows while it is walked
        mine: list[tuple[int, int] | None] = []
        for target, output in node.next_functions:
            if target is None:
                mine.append(None)
                continue
            at = number.setdefault(id(target), len(found))
            if at == len(found):
                found.append(target)
            mine.append((at, output))
        ways.append(mine)
    return found, ways


def _sorted(found: list[Any], ways: list[list[tuple[int, int] | None]]) -> list[int]:
    """The nodes so that each stands after all that send it a gradient; of those ready, the one found first."""
    waiting = [0] * len(found)
    for mine in ways:
        for way in mine:
            if way is not None:
                waiting[way[0]] += 1
    order = [0]
    for at in order:  # grows while it is walked
        for way in ways[at]:
            if way is not None:
                waiting[way[0]] -= 1
                if not waiting[way[0]]:
                    order.append(way[0])
    return order
