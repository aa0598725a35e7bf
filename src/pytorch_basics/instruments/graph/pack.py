"""The data that ``view.js`` draws from: every picture with its places, and for each node what the panel says of it.

In go a ``GraphRecord`` and its drawings, out comes compact JSON. All words come from ``wording``; each different text
is sent once and meant by its number after that, so that the hundreds of nodes of a model stay small.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from os.path import commonprefix
from typing import Any

from pytorch_basics.instruments.graph import wording
from pytorch_basics.instruments.graph.boxes import Box, Drawing
from pytorch_basics.instruments.graph.record import GraphRecord, NodeRecord, NumbersRecord, StopRecord
from pytorch_basics.instruments.tensor.wording import number

GRIDS = 60  # nodes of a graph that is small enough to show every value of its small tensors
WIDEST = 8  # values in a row of a grid
MARK = "\ue000"  # a private character
FACT, SAVED, ODD, NUMBERS, GRADIENT = range(5)  # what a line of the panel is; NUMBERS and GRADIENT keep their spaces


class _Texts:
    """Each text once: its number is what is sent in its place. The path of a module, which many texts have in them, is
    sent once too, and stands in a text as its number between two marks that no name has."""

    def __init__(self, modules: Iterable[str]) -> None:
        self.numbers: dict[str, int] = {}
        self.modules = sorted({module for module in modules if len(module) > len(MARK) + 4})
        self._known = {module: f"{MARK}{n}{MARK}" for n, module in enumerate(self.modules)}
        self._found = re.compile("|".join(map(re.escape, reversed(self.modules))))  # the longer of two alike first

    def __call__(self, text: str) -> int:
        short = self._found.sub(lambda found: self._known[found[0]], text) if self.modules else text
        return self.numbers.setdefault(short, len(self.numbers))


def packed(graph: GraphRecord, drawings: Sequence[Drawing]) -> str:
    """The JSON beside the page."""
    # A trace calls a module by its path, the learner's names by the variable it is in: both are long.
    texts = _Texts(path for node in graph.nodes for path in (node.module, node.name.rpartition(".")[0]))
    shown = {box.item.at for drawn in drawings for box in drawn.boxes if box.item.kind not in ("stop", "group")}
    nodes = {k: _node(graph, k, texts) for k in sorted(at for at in shown if at is not None)}
    return json.dumps(
        {
            "ran": graph.ran,
            "steps": sum(node.step is not None for node in graph.nodes),
            "pictures": [_picture(graph, drawn, texts) for drawn in drawings],
            "nodes": nodes,
            "stops": [texts(wording.stop(stop)) for stop in graph.stops] if len(graph.stops) <= len(nodes) else [],
            "texts": list(texts.numbers),
            "modules": _after_one_another(texts.modules),
        },
        separators=(",", ":"),
        ensure_ascii=False,
    )


def _after_one_another(names: list[str]) -> list[list[Any]]:
    """Sorted names, each as how many letters it has in common with the one before, and the rest."""
    same = [len(commonprefix(pair)) for pair in pairwise(["", *names])]  # noqa: RUF071  # letters are what is meant
    return [[letters, name[letters:]] for letters, name in zip(same, names, strict=True)]


def _picture(graph: GraphRecord, drawn: Drawing, texts: _Texts) -> list[Any]:
    boxes = [_box(graph, box, texts) for box in drawn.boxes]
    lines = []
    for line, points in zip(drawn.picture.lines, drawn.paths, strict=True):
        flat = [part for point in points for part in point]
        lines.append([line.source, line.target, flat, list(line.ways) if line.stop is None else -1 - line.stop])
    picture = drawn.picture
    return [texts(picture.title), -1 if picture.up is None else picture.up, drawn.width, drawn.height, boxes, lines]


def _box(graph: GraphRecord, box: Box, texts: _Texts) -> list[Any]:
    item = box.item
    members = [graph.nodes[k] for k in item.nodes] if item.kind == "group" else []
    steps = [node.step for node in members if node.step is not None]
    numbers = [node.sequence for node in members if node.sequence is not None]
    words = [texts(line) for line in (*box.words.lines, *box.words.late)]
    place = [box.x, box.y, box.width, box.height]
    made: list[Any] = [item.kind, -1 if item.at is None else item.at, *place, words, len(box.words.late)]
    if item.kind == "group":
        spans = [min(steps, default=-1), max(steps, default=-1), min(numbers, default=-1), max(numbers, default=-1)]
        return [*made, 0, texts(item.title), *spans]
    return [*made, 1] if box.words.mark else made


def _node(graph: GraphRecord, k: int, texts: _Texts) -> list[Any]:
    """Heading, step, number in the forward order, lines, and ways out of the node."""
    node = graph.nodes[k]
    lines = [[kind, texts(line)] for kind, line in _lines(graph, k)]
    ways = [_way(graph, way, texts) for way in graph.leaving.get(k, ())]
    step = -1 if node.step is None else node.step
    return [texts(wording.heading(graph, k)), step, -1 if node.sequence is None else node.sequence, lines, ways]


def _way(graph: GraphRecord, way: Any, texts: _Texts) -> list[Any]:
    if isinstance(way, StopRecord):
        return [-1, texts(wording.stop(way))]
    # In a large graph what came along a way is told where several meet; elsewhere it is the target's gradient.
    told = len(graph.nodes) <= GRIDS or len(graph.arriving[way.target, way.output]) > 1
    came = [texts(wording.numbers(way.contribution))] if told and way.contribution is not None else []
    return [way.target, texts(wording.way(graph, way)), *came]


def _lines(graph: GraphRecord, k: int) -> list[tuple[int, str]]:
    node = graph.nodes[k]
    said = [(FACT, f"module {node.module}")] if node.module else []
    if node.line:
        said.append((FACT, node.line))
    if node.settings and (settings := wording.settings(node)):
        said.append((FACT, settings))
    said += _values(graph, node)
    said += [(ODD if saved.state else SAVED, wording.saved(graph, k, saved)) for saved in node.saved]
    if graph.failed == k:
        said.append((ODD, graph.error))
    if not (node.leaf and len(graph.nodes) > GRIDS and _is_all_of_grad(graph, k)):
        said += _gradients(graph, k)
    if node.leaf:
        said.append((GRADIENT if graph.ran else FACT, wording.leaf(node, graph.ran)))
    return said


def _is_all_of_grad(graph: GraphRecord, k: int) -> bool:
    """Whether ``.grad`` says what arrived as well: it held nothing, and one way led there."""
    node = graph.nodes[k]
    return node.held is None and node.held_after == node.outputs[0].gradient and len(graph.arriving[k, 0]) == 1


def _values(graph: GraphRecord, node: NodeRecord) -> list[tuple[int, str]]:
    found = []
    for output in node.outputs[:4]:
        grid = _grid(graph, output.value)
        if grid:
            found += [(FACT, "value"), (NUMBERS, grid)]
        elif said := wording.value(output):
            found.append((FACT, said))
    return found


def _gradients(graph: GraphRecord, k: int) -> list[tuple[int, str]]:
    """What arrived. Where several ways meet: what came along each, and the sum, under one another."""
    found: list[tuple[int, str]] = []
    said = iter(wording.gradients(graph, k))
    for nr, output in enumerate(graph.nodes[k].outputs):
        if output.gradient is None:
            continue
        sentence = next(said)
        whole = _grid(graph, output.gradient)
        ways = [edge for edge in graph.arriving.get((k, nr), ()) if edge.contribution is not None]
        if whole and len(ways) > 1:
            for n, edge in enumerate(ways):
                sign = "+ " if n else ""
                found.append((GRADIENT, f"{sign}from [{edge.source}] {wording.op(graph.nodes[edge.source])}"))
                found.append((GRADIENT, _grid(graph, edge.contribution) or wording.numbers(edge.contribution)))
            found += [(GRADIENT, "= the gradient here, their sum"), (GRADIENT, whole)]
        elif whole and len(output.gradient.values) > wording.MOST_VALUES:
            found += [(GRADIENT, "gradient"), (GRADIENT, whole)]
        else:
            found.append((GRADIENT, sentence))
    return found


def _grid(graph: GraphRecord, of: NumbersRecord | None) -> str:
    """Every value, a row on a line; empty for a large tensor, one number, or a graph of many nodes."""
    if of is None or len(of.values) < 2 or len(graph.nodes) > GRIDS:
        return ""
    wide = of.shape[-1] if len(of.shape) > 1 and of.shape[-1] <= WIDEST else WIDEST
    texts = [number(value) for value in of.values]
    across = max(map(len, texts))
    rows = (texts[at : at + wide] for at in range(0, len(texts), wide))
    return "\n".join(" ".join(text.rjust(across) for text in row) for row in rows)
