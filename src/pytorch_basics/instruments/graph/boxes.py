"""What each box of a picture says, how big that makes it, and where the layout puts it.

In go a ``GraphRecord`` and a picture of it, out come boxes with their words and places, and lines with their points:
``still`` draws them, and ``pack`` sends them to ``view.js``, so that both show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from pytorch_basics.instruments.graph import wording
from pytorch_basics.instruments.graph.layout import Point, layout
from pytorch_basics.instruments.graph.picture import Item, Picture
from pytorch_basics.instruments.graph.record import GraphRecord, NodeRecord, NumbersRecord, StopRecord
from pytorch_basics.instruments.tensor.wording import caption, number

CHAR, LINE, PAD, LEAST = 7.3, 15, 6, 56  # pixels: a character, a line, the margin inside a box, the narrowest box
MOST_CHARS = 28
FEW_VALUES = 3
_STATES = {"stale": "stale", "freed": "freed", "packed": "held by your hooks"}


@dataclass(frozen=True)
class Words:
    """What a box says: ``lines``, and ``late``, which is known only once the gradient has come. ``mark`` is ``"odd"``
    where something is wrong (stale, freed, failed), else empty."""

    lines: tuple[str, ...]
    late: tuple[str, ...] = ()
    mark: str = ""


@dataclass(frozen=True)
class Box:
    """One drawn box; ``x`` and ``y`` are its middle."""

    item: Item
    words: Words
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Drawing:
    """A picture with places: ``paths`` has the points of each of the picture's lines."""

    picture: Picture
    boxes: tuple[Box, ...]
    paths: tuple[tuple[Point, ...], ...]
    width: int
    height: int


def drawing(graph: GraphRecord, picture: Picture) -> Drawing:
    """The boxes and lines of one picture, placed."""
    said = [words(graph, item) for item in picture.items]
    sizes = [_size(one) for one in said]
    placed = layout(sizes, [(line.source, line.target) for line in picture.lines])
    whole = zip(picture.items, said, placed.at, sizes, strict=True)
    boxes = tuple(Box(item, one, *at, *size) for item, one, at, size in whole)
    return Drawing(picture, boxes, placed.lines, placed.width, placed.height)


def _size(of: Words) -> tuple[int, int]:
    lines = (*of.lines, *of.late)
    return max(round(max(map(len, lines)) * CHAR) + 2 * PAD + 4, LEAST), len(lines) * LINE + 2 * PAD


def words(graph: GraphRecord, item: Item) -> Words:
    """What the box of an item says."""
    if item.kind == "group":
        return _group(item)
    if item.kind in ("from", "to"):
        return _port(graph, item)
    assert item.at is not None
    return _stop(graph.stops[item.at]) if item.kind == "stop" else _node(graph, item.at)


def _node(graph: GraphRecord, k: int) -> Words:
    node = graph.nodes[k]
    states = dict.fromkeys(saved.state for saved in node.saved if saved.state)
    marks = [_STATES[state] for state in states] + ["failed here"] * (graph.failed == k)
    said = f"! {', '.join(marks)}" if marks else ""
    odd = graph.failed == k or any(state != "packed" for state in states)
    late = _late(graph, node)
    lines = [*_head(node), _start(said), *([] if graph.ran else late)]
    return Words(tuple(filter(None, lines)), late if graph.ran else (), "odd" if odd else "")


def _head(node: NodeRecord) -> list[str]:
    """The name, the op and the shape, on two or three lines."""
    shapes = [caption(output.dtype, output.shape) for output in node.outputs]
    shape = shapes[0] if len(shapes) == 1 else f"{len(shapes)} outputs"
    if node.leaf:
        return [_end(node.name), _start(f"leaf {shape}")] if node.name else ["leaf", _start(shape)]
    op = wording.op(node)
    whole = f"{node.name} = {op}" if node.name else op
    head = [whole] if len(whole) <= MOST_CHARS or not node.name else [_end(f"{node.name} ="), op]
    return [*map(_start, head), _start(shape)]


def _late(graph: GraphRecord, node: NodeRecord) -> tuple[str, ...]:
    """The gradient in a few characters; a leaf says what ``.grad`` holds."""
    if node.leaf:
        held = _short(node.held)
        return (_start(f".grad {held} → {_short(node.held_after)}" if graph.ran else f".grad {held}"),)
    came = next((output.gradient for output in node.outputs if output.gradient), None)
    return (_start(f"grad {_short(came)}"),) if came else ()


def _short(of: NumbersRecord | None) -> str:
    if of is None:
        return "none"
    if of.values and len(of.values) <= FEW_VALUES:
        return " ".join(map(number, of.values))
    about = "" if of.exact else "≈ "
    return f"norm {about}{number(of.norm)}" if of.norm is not None else wording.numbers(of)


def _stop(stop: StopRecord) -> Words:
    what, _, why = wording.stop(stop).partition(": ")
    # What no gradient goes to and why, each on its own line; the source line is in the panel.
    if not why:
        return Words(("⊘ a number" if stop.why == "unknown" else _start(f"⊘ {what}"),))
    return Words((_start(f"⊘ {what}"), *wrap(why.split(", in ")[0], MOST_CHARS)[:2]))


def _group(item: Item) -> Words:
    leaves = f", {item.leaves} {'leaf' if item.leaves == 1 else 'leaves'}" if item.leaves else ""
    count = f"{item.ops:,} {'op' if item.ops == 1 else 'ops'}{leaves}"
    return Words((_end(item.title), _start(count if item.at is None else f"+ {count}")))


def _port(graph: GraphRecord, item: Item) -> Words:
    if item.at is None:
        return Words((f"{item.kind} {item.ops:,} more",))
    node = graph.nodes[item.at]
    return Words((_end(f"{item.kind} {node.name or wording.op(node)}"), f"[{item.at}] outside"))


def _start(text: str) -> str:
    return text if len(text) <= MOST_CHARS else f"{text[: MOST_CHARS - 1]}…"


def _end(text: str) -> str:
    # Names differ at their end: model.layers[2].conv and model.layers[3].conv.
    return text if len(text) <= MOST_CHARS else f"…{text[1 - MOST_CHARS :]}"
