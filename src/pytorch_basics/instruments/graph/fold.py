"""Cuts a graph into pictures that fit a page: modules, repeated rounds and stretches are one box until they are opened.

In goes a ``GraphRecord``, out come pictures: the first is the whole graph, each other one what a box of an earlier
picture holds. A box is a stretch of ops that follow one another in the backward order, so that no picture has a cycle.
A graph of at most ``MOST`` boxes is one picture, with nothing folded. No recursion: graphs can be deep.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from pytorch_basics.instruments.graph.picture import Picture, picture
from pytorch_basics.instruments.graph.record import GraphRecord
from pytorch_basics.instruments.graph.rounds import stretches
from pytorch_basics.instruments.graph.stretch import Ordered, Stretch, read, weight

MOST = 60  # boxes of a graph that is drawn whole
SOME = 36  # boxes of a picture that has folded ones: it is there to choose from
FEW = 5  # with no more than that, there is nothing to choose from yet
PIECES = 24  # into as many a stretch is cut at most
DRAWN = 4_000  # boxes in all pictures together: past this a box cannot be opened, and says so


def pictures(record: GraphRecord) -> list[Picture]:
    """The whole graph and, after it, what every box holds that can be opened."""
    graph = read(record)
    waiting: list[tuple[Stretch, int | None]] = [(Stretch(0, len(graph.order), 0, record.name or "the graph"), None)]
    found: list[Picture] = []
    drawn = 0
    for part, up in waiting:  # grows while it is walked
        parts = _opened(graph, part)
        numbers: list[int | None] = []
        for inner in parts:
            cost = min(weight(graph, inner), MOST)
            opens = inner.closed and drawn + cost <= DRAWN
            if opens:
                drawn += cost
                waiting.append((inner, len(found)))
            numbers.append(len(waiting) - 1 if opens else None)
        found.append(picture(graph, part, parts, numbers, up))
    return found


def _opened(graph: Ordered, part: Stretch) -> list[Stretch]:
    """What a part is drawn as: opened as far as the page allows, at least once, and gathered where that is too much."""
    if weight(graph, part) <= MOST:
        return [Stretch(at, at + 1, part.deep, closed=False) for at in range(part.first, part.end)]
    parts = _inside(graph, part)
    while any(one.closed for one in parts):
        deeper = [inner for one in parts for inner in (_inside(graph, one) if one.closed else (one,))]
        if len(parts) > 1 and _boxes(graph, deeper) > (SOME if len(parts) > FEW else MOST):
            break
        parts = deeper
    return parts if _boxes(graph, parts) <= MOST else _gathered(graph, parts, part.deep)


def _boxes(graph: Ordered, parts: Sequence[Stretch]) -> int:
    return sum(1 if part.closed else weight(graph, part) for part in parts)


def _inside(graph: Ordered, part: Stretch) -> list[Stretch]:
    """A part one module further in."""
    found = []
    deep = part.deep + 1
    # What is alone in its module, or in none of that depth, stands for itself.
    for path, run in groupby(range(part.first, part.end), key=lambda at: _step(graph, at, part.deep)):
        places = list(run)
        if path and len(places) > 1:
            found.append(Stretch(places[0], places[-1] + 1, deep, "".join(path)))
        else:
            found += [Stretch(at, at + 1, deep, closed=False) for at in places]
    return found


def _step(graph: Ordered, at: int, deep: int) -> tuple[str, ...]:
    path = graph.paths[at]
    return path[: deep + 1] if len(path) > deep else ()


def _gathered(graph: Ordered, parts: list[Stretch], deep: int) -> list[Stretch]:
    """Too many parts, put together to fewer: rounds that repeat to whole rounds, the rest to stretches."""
    signs = [_sign(graph, part) for part in parts]
    cuts = stretches(signs)
    if len(cuts) > MOST // 2:
        cuts = [(0, len(parts), 1)]
    found = []
    for first, end, period in cuts:
        rounds = (end - first) // period
        boxes = _boxes(graph, parts[first:end])
        pieces = min(max(1, -(-boxes // SOME), 2 if len(cuts) == 1 else 1), PIECES, rounds)
        each = -(-rounds // pieces) * period
        for start in range(first, end, each):
            stop = min(start + each, end)
            if stop - start == 1:
                found.append(parts[start])
                continue
            title = _titled(parts[start:stop], signs[start:stop], period, rounds)
            found.append(Stretch(parts[start].first, parts[stop - 1].end, deep, title))
    return found


def _sign(graph: Ordered, part: Stretch) -> str:
    """What a part looks like: its op, or the kind of module it is."""
    if not part.closed:
        return graph.words[part.first]
    words = re.sub(r"\[\d+\]|\.\d+(?=\.|$)", "", part.title).split(".")
    return words[-1] or part.title


def _titled(parts: list[Stretch], signs: list[str], period: int, rounds: int) -> str:
    if rounds > 1 and len(parts) > period and signs[period:] == signs[:-period]:
        words = ", ".join(signs[: min(period, 4)]) + (", …" if period > 4 else "")
        return f"{len(parts) // period} × ({words})" if period > 1 else f"{len(parts)} × {words}"
    names = [part.title if part.closed else sign for part, sign in zip(parts, signs, strict=True)]
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
