"""The layers of one picture and the order within each: who stands below whom, and beside whom.

In go boxes and the edges between them, out come rows of boxes and of the bends of edges that pass a layer, in an order
with few crossings: barycentre sweeps with swaps of neighbours, of which the best order seen is kept.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

LANE = 10  # pixels that an edge takes which passes a layer
SWEEPS = 12
MANY = 3000  # boxes and bends: past this a picture gets fewer sweeps


@dataclass
class Layers:
    """Boxes and, after them, the bends of edges that pass layers: the layer of each, and who is above and below."""

    layer: list[int]
    wide: list[int]
    chains: list[list[int]]
    above: list[list[int]] = field(default_factory=list)
    below: list[list[int]] = field(default_factory=list)


def layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each box: one below the lowest of those that point to it."""
    below: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for source, target in edges:
        below[source].append(target)
        waiting[target] += 1
    found = [0] * count
    ready = [k for k in range(count) if not waiting[k]]
    for k in ready:  # grows while it is walked
        for target in below[k]:
            found[target] = max(found[target], found[k] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return found


def layered(widths: Sequence[int], edges: Sequence[tuple[int, int]]) -> Layers:
    parts = Layers(layers(len(widths), edges), list(widths), [])
    for source, target in edges:
        chain = [source]
        for level in range(parts.layer[source] + 1, parts.layer[target]):
            chain.append(len(parts.layer))
            parts.layer.append(level)
            parts.wide.append(LANE)
        parts.chains.append([*chain, target])
    parts.above = [[] for _ in parts.layer]
    parts.below = [[] for _ in parts.layer]
    for chain in parts.chains:
        for upper, lower in pairwise(chain):
            parts.below[upper].append(lower)
            parts.above[lower].append(upper)
    return parts


def order(parts: Layers) -> list[list[int]]:
    """Who stands beside whom in each layer: the order with the fewest crossings that the sweeps met."""
    rows = _first_order(parts)
    best, fewest = [list(row) for row in rows], crossings(rows, parts.below)
    for sweep in range(SWEEPS if len(parts.layer) < MANY else 2):
        if not fewest:
            break
        down = sweep % 2 == 0
        for row, beside in _pairs(rows, down):
            place = {k: n for n, k in enumerate(beside)}
            near = parts.above if down else parts.below
            # A box with nobody on that side stays where it is: sorting is stable and its own place is its mean.
            scale = len(beside) / max(len(row), 1)
            means = {k: _mean([place[j] for j in near[k]], n * scale) for n, k in enumerate(row)}
            row.sort(key=means.__getitem__)
        _swap(rows, parts)
        found = crossings(rows, parts.below)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    return best


def _first_order(parts: Layers) -> list[list[int]]:
    # Depth first, first argument first: what belongs together starts together. No recursion: graphs can be deep.
    rows: list[list[int]] = [[] for _ in range(max(parts.layer) + 1)]
    seen = [False] * len(parts.layer)
    for root in range(len(parts.layer)):
        stack = [] if parts.above[root] else [root]
        while stack:
            k = stack.pop()
            if not seen[k]:
                seen[k] = True
                rows[parts.layer[k]].append(k)
                stack += reversed(parts.below[k])
    return rows


def _pairs(rows: list[list[int]], down: bool) -> list[tuple[list[int], list[int]]]:
    """Each row with the one that was settled before it."""
    turned = rows if down else rows[::-1]
    return [(row, beside) for beside, row in pairwise(turned)]


def _mean(places: list[int], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def _swap(rows: list[list[int]], parts: Layers) -> None:
    """Swap neighbours wherever that takes crossings away; only near the places that have any."""
    if len(parts.layer) > MANY:
        return
    for level, row in enumerate(rows):
        sides = [(rows[level - 1], parts.above)] if level else []
        sides += [(rows[level + 1], parts.below)] if level + 1 < len(rows) else []
        places = [({k: n for n, k in enumerate(beside)}, near) for beside, near in sides]
        for n in range(len(row) - 1):
            left, right = row[n], row[n + 1]
            gain = 0
            for place, near in places:
                ours, theirs = [place[k] for k in near[left]], [place[k] for k in near[right]]
                gain += sum((a > b) - (a < b) for a in ours for b in theirs)
            if gain > 0:
                row[n], row[n + 1] = right, left


def crossings(rows: list[list[int]], below: list[list[int]]) -> int:
    """How many pairs of edges cross between neighbouring rows."""
    total = 0
    for row, lower in pairwise(rows):
        place = {k: n for n, k in enumerate(lower)}
        seen: list[int] = []
        for k in row:
            ends = [place[j] for j in below[k]]
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
