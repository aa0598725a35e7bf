"""``next`` is asked of an iterator over a loader that has given all its batches."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lines import statement


def broken() -> object:
    batches = iter(DataLoader(torch.arange(6), batch_size=3))  # type: ignore[arg-type]  # a tensor is a data set
    return [next(batches) for _ in range(4)]


def fixed() -> object:
    loader: DataLoader[torch.Tensor] = DataLoader(torch.arange(6), batch_size=3)  # type: ignore[arg-type]  # as above
    batches, found = iter(loader), []
    for _ in range(4):
        batch = next(batches, None)
        if batch is None:
            batches = iter(loader)
            batch = next(batches)
        found.append(batch)
    return found


def signs(record: Record) -> Iterator[Sign]:
    """A StopIteration that nothing caught, from ``next`` of what ``iter`` made once."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    inner = any("StopIteration" in kind for kind, _ in record.chain) or "StopIteration" in record.message
    if record.kind != "StopIteration" and not inner:
        return
    step = _next(record)
    if step is None:
        return
    name = next((a.text for a in step.operands), "batches")
    made = next((s for s in record.origins(step) if s.bare in ("iter", "cycle")), None)
    source = next((a.text for a in made.operands), "loader") if made else "loader"
    node = statement(step.place)
    line = ast.unparse(node) if node is not None and not hasattr(node, "body") else step.text
    if made is not None and made.place.line == step.place.line:
        seen = f"`{step.text}` finds no batch: `{source}` is empty."
        instead = f"look at len({source}): the data set has fewer samples than a batch, and drop_last drops them"
    else:
        seen = f"`{name}` has given every batch of `{source}`, and the loop asks for one more."
        instead = f"try: {line} / except StopIteration: {name} = iter({source}); {line}"
    yield Sign(
        place=step.place,
        seen=seen,
        instead=instead,
        evidence=(
            f"`{made.text}` was called at line {made.place.line}, once" if made else "the iterator was made once",
        ),
        also=(made.place,) if made is not None and made.place.line != step.place.line else (),
    )


def _next(record: FailureRecord) -> Step | None:
    for frame in reversed(record.frames):
        step = record.steps[frame.step] if frame.step is not None else None
        if step is not None and step.bare in ("next", "__next__"):
            return step
    return None


MISTAKE = Mistake(
    id="data.iterator_runs_out",
    code="",
    title="An iterator over a loader starts again at its end",
    see="StopIteration, without a word, after exactly one pass over the data.",
    why="A `for` over the loader makes a new iterator each time. `iter(loader)` makes one, which gives each batch "
    "once and then "
    "raises StopIteration; nothing winds it back.",
    instead="`for batch in loader:` inside a loop over the epochs; or a new `iter(loader)` when the old one has ended",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
