"""Something is computed once, before the loop, and every round goes back through it."""

# mypy: disable-error-code="no-untyped-call"
# PyTorch declares no types for backward().

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lines import statement
from pytorch_basics.mistakes.reading.reused import AGAIN, CHANGED, lasting, refused


def broken() -> object:
    body, head = nn.Linear(2, 3), nn.Linear(3, 1)
    features = torch.tanh(body(torch.rand(4, 2)))
    for _ in range(2):
        head(features).sum().backward()
    return head


def fixed() -> object:
    body, head = nn.Linear(2, 3), nn.Linear(3, 1)
    for _ in range(2):
        features = torch.tanh(body(torch.rand(4, 2)))
        head(features).sum().backward()
    return head


def signs(record: Record) -> Iterator[Sign]:
    """A tensor with a history was made before the loop in which ``backward()`` failed."""
    if not isinstance(record, FailureRecord) or not (refused(record, AGAIN) or refused(record, CHANGED)):
        return
    found = lasting(record)
    if found is None or record.place is None or not found.what.endswith("before the loop"):
        return
    if found.what.startswith("loss") and AGAIN in record.message:
        return  # the same loss twice has a mistake of its own
    line = statement(found.place)
    whole = found.place.text if line is not None else found.text
    changed = CHANGED in record.message
    happened = "the weights it was made with have been changed since" if changed else "the first round has used it up"
    yield Sign(
        place=found.place,
        seen=f"`{found.name}` was computed once, before the loop; every round goes back through its graph, and "
        f"{happened}.",
        instead=f"`{whole}` inside the loop; or `.detach()` it here, if nothing behind it is to learn",
        evidence=(
            f"line {found.place.line} stands before the loop, `backward()` at line {record.place.line} inside it",
        ),
        also=found.also,
    )


MISTAKE = Mistake(
    id="autograd.made_before_loop",
    code="",
    title="What was computed once can be used in every round",
    see="The first round works. In the second `backward()` says that the graph was gone through already, or, with "
    "`retain_graph=True`, that a variable was modified by an inplace operation.",
    why="A result belongs to the weights it was computed with. `backward()` frees its graph, and `optimizer.step()` "
    "changes "
    "those weights; the next round needs a forward pass of its own.",
    instead="the forward pass inside the loop, once for each `backward()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
