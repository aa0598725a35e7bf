"""An embedding is asked for a row that it does not have."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import bound, constructor, resized
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step, Value
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    table = nn.Embedding(50, 8)
    ids = torch.tensor([[3, 50, 7]])
    return table(ids)


def fixed() -> object:
    table = nn.Embedding(51, 8)
    ids = torch.tensor([[3, 50, 7]])
    return table(ids)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words, and an index below 0 or at least the number of rows."""
    if not isinstance(record, FailureRecord) or "index out of range in self" not in record.message:
        return
    ids, table = _asked(record)
    if ids is None or table is None or ids.low is None or ids.high is None or record.place is None:
        return
    rows = table.shape[0]
    if ids.low < 0:
        yield _negative(record, record.place, int(ids.low), rows)
    elif ids.high >= rows:
        yield _too_large(record, record.place, int(ids.high), rows)


def _asked(record: FailureRecord) -> tuple[Value | None, Value | None]:
    layer = record.layer
    if layer is not None and layer.value.item("weight") is not None:
        return next((v for _, v in layer.inputs if v.tensor), None), layer.value.item("weight")
    call = record.call("embedding", "embedding_bag")
    return (call.argument("input"), call.argument("weight")) if call else (None, None)


def _ids(record: FailureRecord) -> Argument | None:
    return record.failing.argument(0, "input", "x") if record.failing else None


def _negative(record: FailureRecord, failing: Place, low: int, rows: int) -> Sign:
    source = next((step for step in record.origins(_ids(record)) if _says(step, low)), None)
    made = constructor(record, record.layer)
    table = f"`{made.text}`" if made else f"the table of {rows} rows"
    bigger = resized(record, record.layer, 0, "num_embeddings", rows + 1)
    grow = f", and {bigger.instead}" if bigger and bigger.instead else ""
    return Sign(
        place=source.place if source else failing,
        seen=f"The ids hold {low}; {table} has the rows 0 to {rows - 1}, and none below 0.",
        instead=f"{_bind(source, rows)}{grow} (row {rows} for padding; say padding_idx={rows} too)",
        evidence=(f"the smallest id at line {failing.line} is {low}",),
        also=tuple(dict.fromkeys((*((made.place,) if made else ()), failing))),
    )


def _says(step: Step, number: int) -> bool:
    """Whether this number is written in the step."""
    if step.kind == "literal":
        return step.value is not None and step.value.plain == number
    given = [a for a in step.operands if a.name != "return" and not a.steps]
    return any(a.value is not None and a.value.plain == number and a.value.kind == "number" for a in given)


def _bind(source: Step | None, rows: int) -> str:
    if source is None:
        return f"an id from 0 to {rows - 1} for what is padded"
    if source.kind == "literal":
        return bound(source, str(rows))
    return f"{rows} in place of the negative number in `{source.text}`"


def _too_large(record: FailureRecord, failing: Place, high: int, rows: int) -> Sign:
    change = resized(record, record.layer, 0, "num_embeddings", high + 1)
    made = constructor(record, record.layer)
    table = f"`{made.text}`" if made else f"The table of {rows} rows"
    return Sign(
        place=change.place if change else failing,
        seen=f"{table} has the rows 0 to {rows - 1}, and the ids go up to {high}.",
        instead=change.instead if change else f"a table of {high + 1} rows",
        evidence=(f"the largest id at line {failing.line} is {high}", f"the table has {rows} rows"),
        also=tuple(dict.fromkeys((*(change.also if change else ()), failing))),
    )


MISTAKE = Mistake(
    id="model.embedding_index",
    code="",
    title="An embedding has a row for every id",
    see="“IndexError: index out of range in self”, with no word on which index.",
    why="`nn.Embedding(n, …)` is a table of n rows, numbered 0 to n − 1. An id of n (counting from 1, one more word, a "
    "special token) or of −1 (a mark for padding) has no row.",
    instead="`ids.min(), ids.max()` to see what arrives; `nn.Embedding(largest id + 1, …)`, and a row of its own for "
    "padding",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
