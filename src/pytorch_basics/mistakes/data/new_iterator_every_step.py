"""``next(iter(loader))`` in a loop: each round begins anew and sees the first batch again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader, TensorDataset

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own, trained

NEXT = re.compile(r"\bnext\s*\(\s*iter\s*\(|\biter\s*\(")
ROUNDS = 3


def broken() -> Answer:
    loader = DataLoader(TensorDataset(torch.arange(8)), batch_size=2, generator=torch.Generator())
    seen: set[int] = set()
    for _ in range(len(loader)):
        (batch,) = next(iter(loader))
        seen |= set(batch.tolist())
    return Answer(given=len(seen), expected=8)


def fixed() -> Answer:
    loader = DataLoader(TensorDataset(torch.arange(8)), batch_size=2, generator=torch.Generator())
    seen: set[int] = set()
    batches = iter(loader)
    for _ in range(len(loader)):
        (batch,) = next(batches)
        seen |= set(batch.tolist())
    return Answer(given=len(seen), expected=8)


def signs(record: Record) -> Iterator[Sign]:
    """A loader that does not shuffle was begun again and again at one line, and never gave a second batch."""
    if not isinstance(record, RunRecord):
        return
    for loader in record.loaders:
        line = loader.at[0] if len(set(loader.at)) == 1 else None
        if line is None or loader.shuffled or not own(line) or not NEXT.search(line.text):
            continue
        if loader.iterators < ROUNDS or loader.most != 1 or (loader.length or 0) < 2:
            continue
        learns = any(record.sites[k].place == line for k in trained(record))
        name = loader.written or "loader"
        yield Sign(
            place=line,
            seen=f"`iter({name})` begins anew in each round, and `next` takes its first batch: always the same one of "
            f"{loader.length}.",
            instead=f"`batches = iter({name})` once before the loop and `next(batches)` in it; or "
            f"`for batch in {name}:`",
            evidence=(f"{loader.iterators} iterators were made at line {line.line}, and each gave one batch",),
            sure=learns,
        )


MISTAKE = Mistake(
    id="data.new_iterator_every_step",
    code="",
    title="next(iter(loader)) gives the next batch",
    see="No error. The training loss falls quickly and the test loss does not; most of the data are never seen.",
    why="`iter(loader)` makes a new iterator that stands before the first batch. `next` of that is the first batch, "
    "each time.",
    instead="`for x, y in loader:`; or `batches = iter(loader)` before the loop and `next(batches)` in it",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
