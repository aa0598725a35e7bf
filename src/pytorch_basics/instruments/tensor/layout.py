"""Where things go: a storage as strips of cells that fit the width, a tensor as grids of its entries.

In go records, out come small tables of text that the text twin, the HTML and the still picture each draw
their way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product

from pytorch_basics.instruments.tensor.record import Index, SeeRecord, StorageRecord, TensorRecord
from pytorch_basics.instruments.tensor.wording import is_odd, number, position

WIDTH = 76  # characters across: a terminal, and 600 pixels of small type
MOST_LABELLED = 48  # cells of a storage under which each tensor's index is written
MOST_ROWS = 5  # tensors that get such a row
NO_VALUE = "·"


@dataclass(frozen=True)
class Box:
    """One drawn value: its text, whether it is not finite, and where it lies (a cell number or an index)."""

    text: str
    odd: bool
    at: Index


@dataclass(frozen=True)
class Strip:
    """A line of storage cells: their values, and below them the index each tensor has there."""

    boxes: tuple[Box, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Gap:
    """Cells left out, from ``first`` to ``last``."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"… {self.last - self.first + 1:,} more …"


@dataclass(frozen=True)
class Grid:
    """A 2-D slice: its boxes by row, the place of each in the storage, which rows and columns are drawn."""

    title: str
    rows: Index
    cols: Index
    boxes: tuple[tuple[Box, ...], ...]
    positions: tuple[tuple[int, ...], ...]


def strips(see: SeeRecord, number_: int) -> list[Strip | Gap]:
    """The storage ``number_`` in lines that fit ``WIDTH``, with a gap where cells are left out."""
    storage = see.storages[number_]
    boxes = _boxes(storage)
    labels = _labels(see, number_)
    texts = [box.text for box in boxes] + [text for _, row in labels for text in row.values()]
    widest = max(map(len, [*texts, str(storage.count)]))
    per_line = _per_line(max(7, *(len(name) for name, _ in labels), 0), widest, see.members(number_), storage.count)
    lines: list[Strip | Gap] = []
    end = 0
    for run in _runs(storage.cells):
        if lines:
            lines.append(Gap(end, run[0] - 1))
        for at in range(0, len(run), per_line):
            cells = run[at : at + per_line]
            rows = tuple((name, tuple(row.get(cell, "") for cell in cells)) for name, row in labels)
            lines.append(Strip(tuple(boxes[storage.cells.index(cells[0]) :][: len(cells)]), rows))
        end = run[-1] + 1
    return lines


def _boxes(storage: StorageRecord) -> list[Box]:
    if not storage.values:
        return [Box(NO_VALUE, False, (cell,)) for cell in storage.cells]
    return [
        Box(number(value), is_odd(value), (cell,)) for cell, value in zip(storage.cells, storage.values, strict=True)
    ]


def _per_line(label: int, cell: int, members: list[TensorRecord], count: int) -> int:
    most = max((WIDTH - label) // (cell + 2), 1)
    row = members[0].shape[-1] if members and members[0].shape else 1
    # A line that ends where the tensor's row ends is easier to read.
    return most // row * row if 1 < row <= most < count else most


def _labels(see: SeeRecord, number_: int) -> list[tuple[str, dict[int, str]]]:
    """For each tensor in a small storage, the index it has at each cell."""
    storage, members = see.storages[number_], see.members(number_)
    if storage.count > MOST_LABELLED or len(members) > MOST_ROWS or any(t.numel > 4 * MOST_LABELLED for t in members):
        return []
    return [(shortened(tensor.name), _label_row(tensor, storage)) for tensor in members]


def _label_row(tensor: TensorRecord, storage: StorageRecord) -> dict[int, str]:
    here: dict[int, list[str]] = {}
    for index in product(*map(range, tensor.shape)):
        for cell in storage.cells_under(tensor.byte_of(index), tensor.itemsize):
            here.setdefault(cell, []).append(f"[{','.join(map(str, index))}]")
    return {cell: texts[0] if len(texts) == 1 else f"{texts[0]}+{len(texts) - 1}" for cell, texts in here.items()}


def shortened(name: str, most: int = 14) -> str:
    """A name cut in the middle to fit a column."""
    return name if len(name) <= most else f"{name[: most - 7]}…{name[-6:]}"


def _runs(cells: Index) -> list[Index]:
    """Cell numbers split wherever some are left out."""
    cuts = [0, *(k for k, (a, b) in enumerate(pairwise(cells), start=1) if b != a + 1), len(cells)]
    return [cells[a:b] for a, b in pairwise(cuts) if cells]


def grids(tensor: TensorRecord, storage: StorageRecord) -> list[Grid]:
    """The drawn slices of a tensor, each a grid of at most 10 × 10 boxes."""
    indices = list(tensor.indices())
    texts = [(number(v), is_odd(v)) for v in tensor.values] or [(NO_VALUE, False)] * len(indices)
    boxes = [Box(text, odd, index) for (text, odd), index in zip(texts, indices, strict=True)]
    wide = len(tensor.cols) or 1
    tall = len(tensor.rows) or 1
    found = []
    for k, lead in enumerate(tensor.leads if indices else ()):
        mine = boxes[k * wide * tall : (k + 1) * wide * tall]
        lines = tuple(tuple(mine[r * wide : (r + 1) * wide]) for r in range(tall) if mine)
        places = tuple(tuple(position(tensor, storage, box.at) for box in line) for line in lines)
        title = f"[{', '.join(map(str, lead))}, :, :]" if lead else ""
        found.append(Grid(title, tensor.rows, tensor.cols, lines, places))
    return found


def cut_after(kept: Index) -> int | None:
    """How many of ``kept`` come before the cut; None when nothing is left out."""
    return next((k for k, (a, b) in enumerate(pairwise(kept), start=1) if b != a + 1), None)


def more_slices(tensor: TensorRecord) -> int:
    """How many 2-D slices are not drawn."""
    total = 1
    for size in tensor.shape[:-2]:
        total *= size
    return total - len(tensor.leads) if tensor.leads else 0
