"""``NLLLoss`` is given probabilities, not their logarithms."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.loss import fed_by
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import called, where

CLASSES = torch.tensor([0, 2])


def broken() -> Answer:
    logits = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 3.0]], requires_grad=True)
    loss = nn.NLLLoss()(torch.softmax(logits, dim=1), CLASSES)
    loss.backward()
    return Answer(given=loss, expected=nn.CrossEntropyLoss()(logits, CLASSES))


def fixed() -> Answer:
    logits = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 3.0]], requires_grad=True)
    loss = nn.NLLLoss()(torch.log_softmax(logits, dim=1), CLASSES)
    loss.backward()
    return Answer(given=loss, expected=nn.CrossEntropyLoss()(logits, CLASSES))


def signs(record: Record) -> Iterator[Sign]:
    """What a softmax or a sigmoid gave went into ``nll_loss``."""
    if not isinstance(record, RunRecord):
        return
    for loss, made, trains in fed_by(record, ("nll_loss",), ("softmax", "sigmoid")):
        name, lowest = called(record, made), loss.outs[0].low if loss.outs else None
        better = "nn.LogSoftmax(dim=1)" if name.startswith("nn.") else "log_softmax(…, dim=1)"
        yield Sign(
            place=where(record, made),
            seen=f"`{name}` gives probabilities, and `nll_loss` wants their logarithms: it only picks the number of "
            "the "
            "right class and turns its sign.",
            instead=f"`{better}` in place of `{name}`; or no `{name}` at all and `cross_entropy`",
            evidence=(
                f"line {loss.place.line}: the first argument of `nll_loss` came from `{name}` in {made.count} watched "
                "calls; log-probabilities are never above 0",
                *([f"the loss went down to {lowest:.4g}; it should never be below 0"] if (lowest or 0) < 0 else []),
            ),
            sure=trains,
            also=(loss.place, made.place),
        )


MISTAKE = Mistake(
    id="loss.nll_of_probabilities",
    code="",
    title="NLLLoss wants probabilities",
    see="No error. The loss is negative, falls towards −1, and training is slow.",
    why="`NLLLoss` takes log-probabilities: it picks the number of the right class and turns its sign, nothing more. "
    "Of a probability it makes a loss between −1 and 0 whose gradient does not grow where the model is wrong.",
    instead="`nn.LogSoftmax(dim=1)` before `nn.NLLLoss()`, or `nn.CrossEntropyLoss()` on the model's outputs as they "
    "are, which does both",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
