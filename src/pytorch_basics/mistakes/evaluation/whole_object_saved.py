"""A whole model was saved instead of its state, and ``torch.load`` refuses it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign

REFUSED = "Weights only load failed"
_KIND = re.compile(r"Unsupported global: GLOBAL ([\w.]+)|was not an allowed global: ([\w.]+)")


def broken() -> object:
    file = io.BytesIO()
    torch.save(nn.Linear(3, 1), file)
    file.seek(0)
    return torch.load(file)


def fixed() -> Answer:
    file = io.BytesIO()
    torch.save(nn.Linear(3, 1).state_dict(), file)
    file.seek(0)
    state = torch.load(file)
    return Answer(given=list(state), expected=["weight", "bias"])


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's words."""
    return isinstance(evidence, Raised) and evidence.kind == "UnpicklingError" and REFUSED in evidence.message


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words, and what it found in the file."""
    if not isinstance(record, FailureRecord) or record.place is None or REFUSED not in record.message:
        return
    found = _KIND.search(record.message)
    kind = next(filter(None, found.groups()), "") if found else ""
    what = f"an object of the class `{kind}`" if kind else "objects that are no tensors"
    yield Sign(
        place=record.place,
        seen=f"The file holds {what}; `torch.load` reads only tensors, numbers, text and containers of them.",
        instead="torch.save(model.state_dict(), path) where it is written; here "
        "`model.load_state_dict(torch.load(path))`. For an old file that you trust: `torch.load(path, "
        "weights_only=False)`",
        evidence=(f"PyTorch: {REFUSED}" + (f"; not allowed is {kind}" if kind else ""),),
    )


MISTAKE = Mistake(
    id="evaluation.whole_object_saved",
    code="",
    title="torch.save(model) is the way to save a model",
    see="“Weights only load failed”, an UnpicklingError from `torch.load`.",
    why="A whole object is saved as the name of its class and instructions for making it, and to follow them means to "
    "run code from the file. So `torch.load` refuses, unless told otherwise: a stranger's file could do anything.",
    instead="`torch.save(model.state_dict(), path)`; then make the model, and "
    "`model.load_state_dict(torch.load(path))`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
