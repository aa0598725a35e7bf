"""The still picture of a look, as SVG: what an untrusted notebook shows in place of the live view.

In goes a ``SeeRecord``, out comes an SVG document without script, drawn line by line from the same layout.
"""

from __future__ import annotations

from html import escape

from pytorch_basics.instruments.tensor import wording
from pytorch_basics.instruments.tensor.layout import Gap, Grid, Strip, cut_after, grids, strips
from pytorch_basics.instruments.tensor.record import SeeRecord, StorageRecord, TensorRecord

CHAR, LINE, LEFT, WIDE = 7.3, 20, 12, 640
MOST_LINES = 44
MOST_CHARS = 86
CLASS_SOFT = ' class="s"'

# Shown on light and dark pages alike: it brings its own paper, and follows the reader's theme.
STYLE = (
    "text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1d2530}"
    ".s,.s text{fill:#55606e}.h{font-weight:700}path{fill:#f5f7fa;stroke:#c3cad4}.p{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#e6e9ee}.s,.s text{fill:#a7b0bd}"
    "path{fill:#1f242b;stroke:#454d59}.p{fill:#16191e}}"
)


def still(see: SeeRecord) -> str:
    """The SVG of ``see``; what would go past 44 lines is left out, and said to be."""
    lines = [_words(sentence) for sentence in wording.sharing(see)]
    lines += [line for tensor in see.tensors if tensor.storage is None for line in _tensor(tensor, None)]
    for k, storage in enumerate(see.storages):
        lines += ["", _words(wording.storage_title(see, k), "s")]
        for line in strips(see, k):
            lines += [_words(str(line), "s")] if isinstance(line, Gap) else _strip(line)
        for tensor in see.members(k):
            lines += _tensor(tensor, storage)
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], _words("… the rest is in the text below", "s")]
    height = LINE * len(lines) + 16
    drawn = "".join(f'<g transform="translate(0 {LINE * k + 22})">{line}</g>' for k, line in enumerate(lines))
    size = f'width="{WIDE}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {WIDE} {height}">'
        f'<style>{STYLE}</style><rect class="p" {size}/>{drawn}</svg>'
    )


def _words(words: str, kind: str = "", x: float = LEFT) -> str:
    of_kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}"{of_kind}>{escape(words[:MOST_CHARS])}</text>'


def _strip(strip: Strip) -> list[str]:
    rows = [
        ("element", [str(box.at[0]) for box in strip.boxes]),
        ("value", [box.text for box in strip.boxes]),
    ]
    rows += [(name, list(texts)) for name, texts in strip.rows]
    left = LEFT + CHAR * (max(len(name) for name, _ in rows) + 1)
    wide = CHAR * (max(len(text) for _, texts in rows for text in texts) + 1)
    return [_words(name, "s") + _cells(texts, left, wide, boxed=name == "value") for name, texts in rows]


def _cells(texts: list[str], left: float, wide: float, boxed: bool) -> str:
    boxes = "".join(f"M{left + k * wide:.0f} -13h{wide - 3:.0f}v17h-{wide - 3:.0f}z" for k in range(len(texts)))
    middle = (f'<text x="{left + (k + 0.5) * wide - 1:.0f}">{escape(text)}</text>' for k, text in enumerate(texts))
    group = f'<g text-anchor="middle"{"" if boxed else CLASS_SOFT}>{"".join(middle)}</g>'
    return (f'<path d="{boxes}"/>' if boxed else "") + group


def _tensor(tensor: TensorRecord, storage: StorageRecord | None) -> list[str]:
    lines = ["", _words(f"{tensor.name}  {wording.caption(tensor.dtype, tensor.shape)}", "h")]
    facts = [f"{label} {value}" for label, value in wording.facts(tensor)]
    lines += [_words(" · ".join(part), "s") for part in _parts(facts[3:])]
    lines += [_words(remark) for remark in wording.remarks(tensor)]
    if storage:
        lines.append(_words(wording.path(tensor, storage)))
        for grid in grids(tensor, storage):
            lines += _grid(grid)
    return lines


def _parts(facts: list[str]) -> list[list[str]]:
    # One line where they fit, two otherwise.
    return [facts] if len(" · ".join(facts)) <= MOST_CHARS else [facts[:3], facts[3:]]


def _grid(grid: Grid) -> list[str]:
    cut_row, cut_col = cut_after(grid.rows), cut_after(grid.cols)
    wide = CHAR * (max(len(box.text) for row in grid.boxes for box in row) + 1)
    lines = [_words(grid.title, "s")] if grid.title else []
    for r, row in enumerate(grid.boxes):
        texts = [box.text for box in row]
        if cut_col is not None:
            texts.insert(cut_col, "…")
        lines += [_words("⋮", "s")] if r == cut_row else []
        lines.append(_cells(texts, LEFT, wide, boxed=True))
    return lines
