"""``drop_last`` with fewer samples than a batch: the loader gives nothing, and the loop runs no round."""

from __future__ import annotations

import torch
from torch.utils.data import DataLoader, TensorDataset

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake


def broken() -> Answer:
    data = TensorDataset(torch.arange(10.0))
    loader = DataLoader(data, batch_size=16, drop_last=True, generator=torch.Generator())
    return Answer(given=[len(x) for (x,) in loader], expected=[10])


def fixed() -> Answer:
    data = TensorDataset(torch.arange(10.0))
    loader = DataLoader(data, batch_size=16, generator=torch.Generator())
    return Answer(given=[len(x) for (x,) in loader], expected=[10])


def shown_by(evidence: Evidence) -> bool:
    """No batch at all, where there should be exactly one."""
    if not isinstance(evidence, Answer):
        return False
    given, expected = evidence.given, evidence.expected
    both = isinstance(given, (list, tuple)) and isinstance(expected, (list, tuple))
    return both and len(given) == 0 and len(expected) == 1


MISTAKE = Mistake(
    id="data.all_dropped",
    code="",
    title="A loader gives at least one batch",
    see="No error. The loop runs no round, the loss stays where it was or is never defined; `len(loader)` is 0.",
    why="`drop_last=True` leaves an incomplete last batch out. With fewer samples than `batch_size` that is the only "
    "one.",
    instead="a smaller `batch_size`, or no `drop_last`; and look at `len(loader)`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
