"""T6: ``view`` is expected to work on every tensor, also after ``permute`` or a transpose."""

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised


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
)
