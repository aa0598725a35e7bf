"""The text twin of a look: for a terminal, a screen reader, a test, and a notebook that shows no HTML.

In goes a ``SeeRecord``, out comes text no wider than a terminal. It never imports torch.
"""

from __future__ import annotations

from pytorch_basics.instruments.tensor import wording
from pytorch_basics.instruments.tensor.layout import (
    Box,
    Gap,
    Grid,
    Strip,
    cut_after,
    grids,
    more_slices,
    strips,
)
from pytorch_basics.instruments.tensor.record import PictureRecord, SeeRecord, StorageRecord, TensorRecord


def text(see: SeeRecord) -> str:
    """The whole look as text: who shares with whom, then each storage with the tensors in it."""
    said = wording.sharing(see)
    blocks = ["\n".join(said)] if said else []
    blocks += [_tensor(tensor, None) for tensor in see.tensors if tensor.storage is None]
    for k, storage in enumerate(see.storages):
        blocks.append(_storage(see, k))
        blocks += [_tensor(tensor, storage) for tensor in see.members(k)]
    return "\n\n".join(blocks)


def _storage(see: SeeRecord, k: int) -> str:
    lines = [wording.storage_title(see, k)]
    for line in strips(see, k):
        lines += [f"  {line}"] if isinstance(line, Gap) else _strip(line)
    return "\n".join(lines)


def _strip(strip: Strip) -> list[str]:
    rows = [
        ("element", tuple(str(box.at[0]) for box in strip.boxes)),
        ("value", tuple(map(_value, strip.boxes))),
    ]
    rows += strip.rows
    first = max(len(name) for name, _ in rows)
    wide = max(len(cell) for _, cells in rows for cell in cells)
    return [f"  {name:<{first}}" + "".join(f"  {cell:>{wide}}" for cell in cells).rstrip() for name, cells in rows]


def _value(box: Box) -> str:
    return f"!{box.text}" if box.odd else box.text


def _tensor(tensor: TensorRecord, storage: StorageRecord | None) -> str:
    facts = [f"{label} {value}" for label, value in wording.facts(tensor)]
    lines = [f"{tensor.name}  {wording.caption(tensor.dtype, tensor.shape)}"]
    lines += [f"  {' · '.join(facts[:5])}", f"  {' · '.join(facts[5:])}".rstrip()]
    lines += [f"  {remark}" for remark in wording.remarks(tensor)]
    if storage:
        lines += [f"  {wording.path(tensor, storage)}"]
        drawn = grids(tensor, storage)
        skipped = more_slices(tensor)
        for k, grid in enumerate(drawn):
            lines += [f"  … {skipped:,} more slices …"] if skipped and k == len(drawn) - 1 else []
            lines += _grid(grid, wording.unit(tensor, storage))
    if tensor.pictures:
        lines += [f"  {wording.shades(tensor)}", *(f"    {_means(picture)}" for picture in tensor.pictures)]
    return "\n".join(line for line in lines if line.strip())


def _grid(grid: Grid, unit: str) -> list[str]:
    """The values, and the places in the storage beside them where a terminal is wide enough."""
    left = _aligned([[_value(box) for box in row] for row in grid.boxes], grid)
    right = _aligned([[str(place) for place in row] for row in grid.positions], grid)
    wide = max(len(line) for line in left)
    fits = wide + max(len(line) for line in right) < 90 and len(left) > 0
    heading = f"values {grid.title}".strip()
    if not fits:
        return [f"  {heading}", *(f"    {line}" for line in left)]
    wide = max(wide, len(heading))
    beside = [f"    {a:<{wide}}   {b}" for a, b in zip(left, right, strict=True)]
    return [f"  {heading:<{wide}}     {unit}", *beside]


def _aligned(cells: list[list[str]], grid: Grid) -> list[str]:
    wide = max((len(cell) for row in cells for cell in row), default=0)
    cut = cut_after(grid.cols)
    lines = []
    for row in cells:
        padded = [f"{cell:>{wide}}" for cell in row]
        lines.append("  ".join(padded if cut is None else [*padded[:cut], "…", *padded[cut:]]))
    cut = cut_after(grid.rows)
    return lines if cut is None else [*lines[:cut], "…".rjust(wide), *lines[cut:]]


def _means(picture: PictureRecord) -> str:
    means = "  ".join(wording.number(mean) for mean in picture.means)
    return f"{list(picture.index) or ''} mean of each channel  {means}".strip()
