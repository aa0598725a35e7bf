"""``NLLLoss`` is given the model's scores as they are, with no ``log_softmax`` between."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch.nn import functional as F  # its name everywhere

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import makers, sites, trained

CLASSES = torch.tensor([0, 2])
OTHERS = {"softmax", "sigmoid", "log_softmax"}  # their own mistakes speak of these
ABOVE_ZERO, FAR_FROM_ONE = 0.01, 0.1


def broken() -> Answer:
    logits = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 3.0]], requires_grad=True)
    loss = F.nll_loss(logits, CLASSES)
    loss.backward()
    return Answer(given=loss, expected=F.cross_entropy(logits, CLASSES))


def fixed() -> Answer:
    logits = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 3.0]], requires_grad=True)
    loss = F.cross_entropy(logits, CLASSES)
    loss.backward()
    return Answer(given=loss, expected=F.cross_entropy(logits, CLASSES))


def signs(record: Record) -> Iterator[Sign]:
    """``nll_loss`` got numbers that no logarithm of a probability is."""
    if not isinstance(record, RunRecord):
        return
    trains = trained(record)
    for k, loss in sites(record, "nll_loss"):
        scores = loss.ins[0] if loss.ins else None
        if scores is None or scores.high is None or scores.low is None or scores.sums is None:
            continue
        if any(record.sites[maker].bare in OTHERS for maker in makers(record, scores)):
            continue
        positive = scores.high > ABOVE_ZERO
        if not positive and scores.sums[0] > 1 - FAR_FROM_ONE and scores.sums[1] < 1 + FAR_FROM_ONE:
            continue
        lowest = loss.outs[0].low if loss.outs else None
        yield Sign(
            place=loss.place,
            seen=f"`nll_loss` got scores from {scores.low:.4g} to {scores.high:.4g}, not log-probabilities: it picks "
            "the score of the right class and turns its sign.",
            instead="`cross_entropy(scores, classes)` in place of `nll_loss`; or `log_softmax(dim=1)` before it",
            evidence=(
                f"the exponentials of each row should add up to 1; they add up to {scores.sums[0]:.4g} at least and "
                f"{scores.sums[1]:.4g} at most",
                *([f"the loss went down to {lowest:.4g}; it should never be below 0"] if (lowest or 0) < 0 else []),
            ),
            sure=k in trains and positive,
        )


MISTAKE = Mistake(
    id="loss.nll_of_scores",
    code="",
    title="NLLLoss takes the model's scores",
    see="No error. The loss falls below 0 and keeps falling, while the accuracy hardly changes.",
    why="`NLLLoss` does not normalise. It picks the number of the right class and turns its sign; without a "
    "`log_softmax` before it, all scores can grow for ever, and the loss falls for ever.",
    instead="`nn.CrossEntropyLoss()` on the scores, or `nn.LogSoftmax(dim=1)` before `nn.NLLLoss()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
