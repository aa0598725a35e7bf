"""L3: the labels have another shape than the loss wants."""

import re

import torch
from torch import nn

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

REFUSALS = re.compile(
    r"Target size \(.*\) must be the same as input size"
    r"|Using a target size .* is deprecated\. Please ensure they have the same size"
    r"|0D or 1D target tensor expected, multi-target not supported"
    r"|Expected input batch_size \(\d+\) to match target batch_size \(\d+\)"
    r"|Expected target size \[.*\], got \["
)


def broken() -> Answer:
    outputs, labels = torch.tensor([[2.0], [-1.0], [3.0]]), torch.tensor([1.0, 0.0, 1.0])
    loss = nn.BCEWithLogitsLoss()(outputs, labels)
    return Answer(given=loss, expected=torch.tensor(0.1629257), args=(outputs, labels))


def fixed() -> Answer:
    outputs, labels = torch.tensor([[2.0], [-1.0], [3.0]]), torch.tensor([1.0, 0.0, 1.0])
    loss = nn.BCEWithLogitsLoss()(outputs.squeeze(1), labels)
    return Answer(given=loss, expected=torch.tensor(0.1629257), args=(outputs, labels))


def shown_by(evidence: Evidence) -> bool:
    """A loss refuses the shape of its target."""
    return isinstance(evidence, Raised) and bool(REFUSALS.search(evidence.message))


MISTAKE = Mistake(
    id="loss.target_shape",
    code="L3",
    title="A column of labels is as good as a row",
    see="BCE: “Target size … must be the same as input size …”. Cross entropy: “0D or 1D target tensor expected, "
    "multi-target not supported”.",
    why="A model with one output gives `(batch, 1)`, labels are often `(batch,)`. A loss would have to guess which "
    "output belongs to which label. Your own arithmetic does not refuse: it broadcasts to `(batch, batch)`.",
    instead="for BCE the same shape on both sides, `outputs.squeeze(1)` or `labels.unsqueeze(1)`; for cross entropy "
    "one class index for each row, `(batch,)`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
