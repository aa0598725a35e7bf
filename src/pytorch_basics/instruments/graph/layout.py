"""Where the boxes of one picture go: layers from top to bottom, few crossings, every edge downwards.

In go the boxes' sizes and the edges between them (no cycles); out come the middle of each box and a line for each
edge, the same in every process. The longest path gives the layer, ``layers`` the order in it, least squares the place.

Pure Python on purpose. On the graphs of an MLP, an attention block, ResNet-18 and -50 (17, 76, 155 and 393 boxes, all
of them unfolded) it leaves 0, 1, 0 and 0 crossings and no line through a box, in 1 to 21 ms; a folded page takes less.

- networkx, which PyTorch brings, has layers but no order in them: with barycentre sweeps on top 92 crossings and 96
  lines through boxes on ResNet-50, and its import alone takes 250 ms.
- grandalf 0.8 (GPL or EPL, of 2023): 6 crossings, 29 lines through boxes, 105 ms. igraph (GPL): 33 crossings, and
  pyelk 0.3 (EPL) and graph-layout 0.5 fare worse.
- fast-sugiyama 0.5 (MIT, Rust): 4 ms and 1 crossing, but no lines: 74 edges run through boxes.
- graphlay 0.3 (MIT or Apache, Rust, 4 MB): as few crossings, a quarter narrower, 74 ms; what to turn to when this has
  to grow. Until then it would be one more thing that every learner has to install.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pytorch_basics.instruments.graph.layers import LANE, MANY, Layers, layered, order

GAP = 18  # pixels between two boxes of a layer
STIFF = 1000.0  # how much harder the spine pulls than another edge
NEAR = 12  # between a box and an edge that passes it
STEP = 34  # between two layers: room for the bends
EDGE = 10  # around everything
PLACINGS = 6  # even: the last one goes up, which straightens long edges

Size = tuple[int, int]
Point = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """``at`` is the middle of each box, ``lines`` the points of each edge from its source down to its target."""

    at: tuple[Point, ...]
    lines: tuple[tuple[Point, ...], ...]
    width: int
    height: int


def layout(sizes: Sequence[Size], edges: Sequence[tuple[int, int]]) -> Layout:
    """Places for boxes of these sizes (width, height); ``edges`` are pairs of their positions, upper one first."""
    if not sizes:
        return Layout((), (), 2 * EDGE, 2 * EDGE)
    parts = layered([wide for wide, _ in sizes], edges)
    rows = order(parts)
    across = _places(parts, rows, len(sizes))
    tops, high = _rows(parts, rows, sizes)
    left = min(x - w / 2 for x, w in zip(across, parts.wide, strict=True)) - EDGE
    x = [round(place - left) for place in across]
    at = tuple((x[k], tops[parts.layer[k]] + high[parts.layer[k]] // 2) for k in range(len(sizes)))
    right = max(place + wide // 2 for place, wide in zip(x, parts.wide, strict=True))
    lines = _lines(parts, sizes, at, x, tops, high)
    return Layout(at, lines, right + EDGE, tops[-1] + high[-1] + EDGE)


def _places(parts: Layers, rows: list[list[int]], boxes: int) -> list[float]:
    """The middle of each box across: the least-squares answer to "under what is above me, over what is below"."""
    across = [0.0] * len(parts.layer)
    apart = [_apart(row, parts.wide, boxes) for row in rows]
    for row, offsets in zip(rows, apart, strict=True):
        _settle(row, offsets, [0.0] * len(row), [1.0] * len(row), across)
    spine = _spine(parts, boxes)
    below = [[(j, STIFF if (k, j) in spine else 1.0) for j in near] for k, near in enumerate(parts.below)]
    above = [[(j, STIFF if (j, k) in spine else 1.0) for j in near] for k, near in enumerate(parts.above)]
    for sweep in range(PLACINGS if len(parts.layer) < MANY else 2):
        down = sweep % 2 == 0
        near = above if down else below
        for n in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            _pulled(rows[n], apart[n], near, across)
    # The last sweep went up: what has nothing below it has not moved since, and now goes under its own again.
    hung = [[(k, STIFF)] if below[k] else above[k] for k in range(len(below))]
    for row, offsets in zip(rows, apart, strict=True):
        _pulled(row, offsets, hung, across)
    return across


def _pulled(row: list[int], offsets: list[float], near: list[list[tuple[int, float]]], across: list[float]) -> None:
    """Move a row to where its neighbours on one side pull it."""
    wanted, weights = [], []
    for k in row:
        mass = sum(pull for _, pull in near[k])
        wanted.append(sum(across[j] * pull for j, pull in near[k]) / mass if mass else across[k])
        weights.append(mass or 0.01)
    _settle(row, offsets, wanted, weights, across)


def _spine(parts: Layers, boxes: int) -> set[tuple[int, int]]:
    """The edges of the longest way down: drawn straight, it is the line that the eye follows."""
    deep = [0] * len(parts.layer)
    under: dict[int, int] = {}
    for k in sorted(range(len(parts.layer)), key=lambda k: -parts.layer[k]):
        if parts.below[k]:
            under[k] = max(parts.below[k], key=lambda j: (deep[j], j < boxes))
            deep[k] = deep[under[k]] + 1
    at = max((k for k in range(boxes) if not parts.above[k]), key=lambda k: deep[k])
    found = set()
    while at in under:
        found.add((at, under[at]))
        at = under[at]
    return found


def _apart(row: list[int], wide: list[int], boxes: int) -> list[float]:
    """How far each of a row is from the first when they stand as close as they may."""
    offsets = [0.0]
    for left, right in pairwise(row):
        gap = (GAP, NEAR, NEAR // 2)[(left >= boxes) + (right >= boxes)]
        offsets.append(offsets[-1] + (wide[left] + wide[right]) / 2 + gap)
    return offsets


def _settle(row: list[int], apart: list[float], wanted: list[float], weights: list[float], across: list[float]) -> None:
    """Put a row as near to ``wanted`` as its order allows: neighbours that would overlap move as one block."""
    blocks: list[tuple[float, float, int]] = []  # where it wants to be, how much, how many
    for want, weight, moved in zip(wanted, weights, apart, strict=True):
        place, mass, count = want - moved, weight, 1
        while blocks and blocks[-1][0] > place:
            other, heavy, many = blocks.pop()
            place = (place * mass + other * heavy) / (mass + heavy)
            mass, count = mass + heavy, count + many
        blocks.append((place, mass, count))
    places = (place for place, _, count in blocks for _ in range(count))
    for k, place, moved in zip(row, places, apart, strict=True):
        across[k] = place + moved


def _rows(parts: Layers, rows: list[list[int]], sizes: Sequence[Size]) -> tuple[list[int], list[int]]:
    """The top and the height of each layer."""
    tops, high, y = [], [], EDGE
    for row in rows:
        tall = max((sizes[k][1] for k in row if k < len(sizes)), default=LANE)
        tops.append(y)
        high.append(tall)
        y += tall + STEP
    return tops, high


def _lines(
    parts: Layers, sizes: Sequence[Size], at: Sequence[Point], x: list[int], tops: list[int], high: list[int]
) -> tuple[tuple[Point, ...], ...]:
    """The points of each edge; several at one side of a box stand beside one another, in the order they go away."""
    starts = _spots([(chain[0], x[chain[1]], n) for n, chain in enumerate(parts.chains)], sizes, at)
    ends = _spots([(chain[-1], x[chain[-2]], n) for n, chain in enumerate(parts.chains)], sizes, at)
    lines = []
    for n, chain in enumerate(parts.chains):
        source, target = chain[0], chain[-1]
        points = [(starts[n], at[source][1] + sizes[source][1] // 2)]
        for k in chain[1:-1]:
            level = parts.layer[k]
            points += [(x[k], tops[level]), (x[k], tops[level] + high[level])]
        lines.append((*points, (ends[n], at[target][1] - sizes[target][1] // 2)))
    return tuple(lines)


def _spots(going: list[tuple[int, int, int]], sizes: Sequence[Size], at: Sequence[Point]) -> dict[int, int]:
    """Where along its side of a box each edge is fixed; ``going`` has (box, where the edge goes, edge)."""
    sides: dict[int, list[tuple[int, int]]] = {}
    for box, goes, edge in going:
        sides.setdefault(box, []).append((goes, edge))
    spots = {}
    for box, side in sides.items():
        apart = min(24.0, (sizes[box][0] - 24) / max(len(side) - 1, 1))
        for n, (_, edge) in enumerate(sorted(side)):
            spots[edge] = round(at[box][0] + (n - (len(side) - 1) / 2) * apart)
    return spots
