"""A look as one self-contained HTML block: storages as strips of cells, tensors as grids, pictures, and the
text twin.

In goes a ``SeeRecord``, out comes the block of ``page.block``. Everything is drawn here; ``view.js`` only
adds highlighting and arrow keys. It never imports torch.
"""

from __future__ import annotations

import json
from html import escape

from pytorch_basics.instruments import page
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
from pytorch_basics.instruments.tensor.still import still
from pytorch_basics.instruments.tensor.text import text

TENSOR_KEYS = ("name", "storage", "byte_offset", "byte_strides", "itemsize")
STORAGE_KEYS = ("itemsize", "phase")
HINT = (
    "Point at a cell, or press Tab and then the arrow keys: its other side lights up. "
    "The small number below a value is its place in the storage."
)


def html(see: SeeRecord) -> str:
    """The block a notebook shows, with a still picture and the text twin for where scripts do not run."""
    named = ", ".join(f"{t.name} {wording.caption(t.dtype, t.shape)}" for t in see.tensors)
    return page.block(
        title=f"pb.see: {named}",
        body=_body(see),
        css=page.beside(__file__, "style.css"),
        script=page.beside(__file__, "view.js"),
        record=_places(see),
        still=still(see),
        text=text(see),
        height=_height(see),
    )


def _places(see: SeeRecord) -> str:
    """What ``view.js`` needs of the record: where everything lies. Values and pictures are in the page."""
    tensors = [{key: getattr(tensor, key) for key in TENSOR_KEYS} for tensor in see.tensors]
    storages = [{key: getattr(storage, key) for key in STORAGE_KEYS} for storage in see.storages]
    return json.dumps({"tensors": tensors, "storages": storages}, separators=(",", ":"))


def _height(see: SeeRecord) -> int:
    """About how high the page is, in pixels at 640 wide; the script corrects it where it may."""
    high = 70 + 20 * len(wording.sharing(see)) + sum(map(_tensor_height, see.tensors))
    for k in range(len(see.storages)):
        high += 50 + sum(34 if isinstance(line, Gap) else 21 * (2 + len(line.rows)) + 6 for line in strips(see, k))
    return high


def _tensor_height(tensor: TensorRecord) -> int:
    grid = 40 + 36 * (len(tensor.rows) or 1) if tensor.leads else 0
    pictures = 90 * -(-len(tensor.pictures) // 8) + 24 if tensor.pictures else 0
    side = 76 + 22 * len(wording.remarks(tensor)) + pictures
    return 50 + (side + grid * len(tensor.leads) if _is_deep(tensor) else max(side, grid))


def _is_deep(tensor: TensorRecord) -> bool:
    # One small grid has its facts beside it; wide or many ones would push them off the screen.
    return len(tensor.leads) > 1 or len(tensor.cols) > 6


def _body(see: SeeRecord) -> str:
    said = "".join(f"<li>{escape(sentence)}" for sentence in wording.sharing(see))
    words = f"<ul class=shares>{said}</ul>" if said else ""
    sections = [_section(see, k) for k in range(len(see.storages))]
    loose = [_tensor(see, k, None) for k, t in enumerate(see.tensors) if t.storage is None]
    if loose:
        sections.insert(0, f"<section>{''.join(loose)}</section>")
    return f"{words}<output id=say aria-live=polite>{HINT}</output>{''.join(sections)}"


def _section(see: SeeRecord, number: int) -> str:
    title = wording.storage_title(see, number)
    drawn = strips(see, number)
    lines = "".join(_gap(line) if isinstance(line, Gap) else _strip(line, title) for line in drawn)
    members = [_tensor(see, k, see.storages[number]) for k, t in enumerate(see.tensors) if t.storage == number]
    wide = max((len(box.text) for line in drawn if isinstance(line, Strip) for box in line.boxes), default=1)
    strip = f'<div class=scroll data-s={number} style="--wide:{wide}ch">{lines}</div>'
    return f"<section><h2>{escape(title)}</h2>{strip}{''.join(members)}</section>"


def _gap(gap: Gap) -> str:
    return f'<div class="gap n" data-gap>{gap} <small>(elements {gap.first:,} to {gap.last:,})</small></div>'


def _strip(strip: Strip, title: str) -> str:
    head = "".join(f"<th scope=col>{box.at[0]}" for box in strip.boxes)
    cells = "".join(f"<td data-c={box.at[0]}{_odd(box)}>{escape(box.text)}" for box in strip.boxes)
    rows = "".join(f"<tr><th scope=row>{escape(name)}{_index_cells(texts)}" for name, texts in strip.rows)
    return (
        f'<table class=strip aria-label="{escape(title)}"><thead><tr><th scope=row>element{head}</thead>'
        f"<tr><th scope=row>value{cells}{rows}</table>"
    )


def _index_cells(texts: tuple[str, ...]) -> str:
    return "".join(f"<td class=index>{label}" for label in texts)


def _odd(box: Box) -> str:
    return " class=odd title='not finite'" if box.odd else ""


def _tensor(see: SeeRecord, at: int, storage: StorageRecord | None) -> str:
    tensor = see.tensors[at]
    spans = "".join(f"<span>{label} <b class=n>{escape(value)}</b></span>" for label, value in wording.facts(tensor))
    remarks = "".join(f"<p>{escape(remark)}</p>" for remark in wording.remarks(tensor))
    facts = f"<p class=facts>{spans}</p>{remarks}"
    caption = wording.caption(tensor.dtype, tensor.shape)
    head = f"<h3>{escape(tensor.name)}<span class=n>{escape(caption)}</span></h3>"
    if storage is None:
        return f"<article>{head}{facts}</article>"
    drawn = [_grid(tensor, grid) for grid in grids(tensor, storage)]
    if skipped := more_slices(tensor):
        drawn.insert(-1, f'<div class="gap n">… {skipped:,} more slices …</div>')
    path = wording.path(tensor, storage)
    words = f"<p class=path>{escape(path)}</p>" if path else ""
    numbers = f"<div class=grids>{''.join(drawn)}</div>"
    side = f"<div class=side>{facts}{words}{_pictures(tensor)}</div>"
    row = side + numbers if _is_deep(tensor) else numbers + side
    return f"<article data-t={at}>{head}<div class=row>{row}</div></article>"


def _grid(tensor: TensorRecord, grid: Grid) -> str:
    cut_row, cut_col = cut_after(grid.rows), cut_after(grid.cols)
    heads = _with_cut([f"<th scope=col>{col}" for col in grid.cols], cut_col, "<th>…")
    top = f"<thead><tr>{'<th>' if grid.rows else ''}{heads}</thead>" if grid.cols else ""
    lines = []
    for r, (boxes, places) in enumerate(zip(grid.boxes, grid.positions, strict=True)):
        cells = [_entry(box, place) for box, place in zip(boxes, places, strict=True)]
        head = f"<th scope=row>{grid.rows[r]}" if grid.rows else ""
        lines.append(f"<tr>{head}{_with_cut(cells, cut_col, '<td class=cut>…')}")
    body = _with_cut(lines, cut_row, "<tr><th>⋮" + "<td class=cut>⋮" * (len(grid.cols) + (cut_col is not None)))
    caption = f"<caption>{grid.title}</caption>" if grid.title else ""
    return f'<div class=scroll><table aria-label="{escape(tensor.name)}">{caption}{top}{body}</table></div>'


def _with_cut(parts: list[str], cut: int | None, mark: str) -> str:
    return "".join(parts if cut is None else [*parts[:cut], mark, *parts[cut:]])


def _entry(box: Box, place: int) -> str:
    index = ",".join(map(str, box.at)) or '""'
    return f"<td data-i={index}{_odd(box)}>{escape(box.text)}<small>{place}</small>"


def _pictures(tensor: TensorRecord) -> str:
    if not tensor.pictures:
        return ""
    images = "".join(_picture(picture, tensor.name) for picture in tensor.pictures)
    return f"<div class=row>{images}</div><p class=facts>{escape(wording.shades(tensor))}</p>"


def _picture(picture: PictureRecord, name: str) -> str:
    index = f"[{picture.index[0]}]" if picture.index else ""
    means = ", ".join(wording.number(mean) for mean in picture.means)
    alt = escape(f"{name}{index} as a picture, {picture.shape[-1]} × {picture.shape[-2]} pixels; channel means {means}")
    zoom = max(64 // max(picture.width, picture.height), 1)
    image = f'<img alt="{alt}" width={picture.width * zoom} height={picture.height * zoom}'
    return f'<figure>{image} src="data:image/png;base64,{picture.png}"><figcaption>{index}</figcaption></figure>'
