"""A loss is computed from predicted labels: an index or a yes or no has no slope."""

# mypy: disable-error-code="no-untyped-call"
# PyTorch declares no types for backward().

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lost_history import COMPARES, Cut, cut, refused


def broken() -> object:
    net, x, y = nn.Linear(3, 2), torch.rand(4, 3), torch.tensor([0, 1, 1, 0])
    labels = net(x).argmax(dim=1).float()
    loss = nn.functional.mse_loss(labels, y.float())
    loss.backward()
    return loss


def fixed() -> object:
    net, x, y = nn.Linear(3, 2), torch.rand(4, 3), torch.tensor([0, 1, 1, 0])
    scores = net(x)
    loss = nn.functional.cross_entropy(scores, y)
    loss.backward()
    return loss


def signs(record: Record) -> Iterator[Sign]:
    """An index, a comparison or a whole number stands between the model's output and the loss."""
    if not isinstance(record, FailureRecord) or not refused(record) or record.place is None:
        return
    found = cut(record)
    if found is None or found.what != "picked":
        return
    yield Sign(
        place=found.place,
        seen=f"`{found.text}` {_gives(found)}: the loss jumps or stays as the weights change, and autograd records "
        "nothing there.",
        instead=_instead(found),
        evidence=("what goes in has a history, what comes out has none",),
        also=(record.place,) if record.place.line != found.place.line else (),
    )


def _gives(found: Cut) -> str:
    if found.step.kind == "compare" or found.word in COMPARES:
        return "gives True or False"
    return "gives whole numbers" if found.word not in ("argmax", "argmin", "argsort", "[]") else "gives positions"


def _instead(found: Cut) -> str:
    given = next((a.text for a in found.step.operands if a.name in ("self", "")), "scores")
    if found.step.kind == "compare" or found.word in COMPARES:
        return f"the loss of `{given}` itself (BCEWithLogitsLoss for yes or no); the comparison only for the accuracy"
    return (
        f"the loss of `{given}` itself: cross_entropy({given}, labels), or softmax({given}, dim=1) where "
        "probabilities are wanted"
    )


MISTAKE = Mistake(
    id="autograd.picked_labels",
    code="",
    title="The loss compares the predicted labels with the right ones",
    see="`backward()` says that element 0 of tensors does not require grad and does not have a grad_fn.",
    why="`argmax`, `>` and `.long()` give whole numbers. They jump from one to the next and are flat between, so "
    "there is no "
    "slope to follow, and PyTorch ends the graph there.",
    instead="the loss of the scores (logits) themselves; labels only for the accuracy",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
