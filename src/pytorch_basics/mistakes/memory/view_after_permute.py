"""T6: ``view`` is expected to work on every tensor, also after ``permute`` or a transpose."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import AXES, behind, bound, called_as, written
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign


def broken() -> Answer:
    x = torch.arange(6).reshape(2, 3)
    columns = x.permute(1, 0)
    return Answer(given=columns.view(6), expected=torch.tensor([0, 3, 1, 4, 2, 5]), args=(x,))


def fixed() -> Answer:
    x = torch.arange(6).reshape(2, 3)
    columns = x.permute(1, 0)
    return Answer(given=columns.reshape(6), expected=torch.tensor([0, 3, 1, 4, 2, 5]), args=(x,))


def shown_by(evidence: Evidence) -> bool:
    """PyTorch says that these strides cannot give this view."""
    return isinstance(evidence, Raised) and "view size is not compatible with input tensor" in evidence.message


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words; what made the order of the numbers another one stands behind the view."""
    if not isinstance(record, FailureRecord) or "view size is not compatible" not in record.message:
        return
    step, what = record.failing, _viewed(record)
    if record.place is None or step is None:
        return
    mixed = behind(record, what, *AXES, "expand", "[]") if what else None
    because = f"`{mixed.text}` (line {mixed.place.line}) " if mixed else "an op before it "
    yield Sign(
        place=record.place,
        seen=f"`{step.text}` is asked of a tensor that is not contiguous: {because}left its numbers where they were "
        "and only changed the order in which they are read.",
        instead=bound(step, _reshape(step)),
        evidence=(f"`{what.text}.is_contiguous()` is False",) if what else (),
        also=(mixed.place,) if mixed else (),
    )


def _viewed(record: FailureRecord) -> Argument | None:
    return next((a for a in record.operands if a.name == "self"), None)


def _reshape(step: Step) -> str:
    inside = ", ".join(written(a) for a in step.operands if a.name not in ("self", "return"))
    return f"{called_as(step).removesuffix('.view')}.reshape({inside})" if step.bare == "view" else "x.reshape(…)"


MISTAKE = Mistake(
    id="memory.view_after_permute",
    code="T6",
    title="view() works on every tensor, also after permute",
    see="`view` raises “view size is not compatible with input tensor's size and stride”.",
    why="A view may not move a number. After `permute` or `t()` the elements, read row by row, no longer lie "
    "at regular steps in the storage, so no strides exist that would give the new shape.",
    instead="`x.permute(…).reshape(…)`, or `x.permute(…).contiguous().view(…)`; both copy where they must",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
