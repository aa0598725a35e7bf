"""L1: a sigmoid stands before ``BCEWithLogitsLoss``, which has one inside."""

from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.loss import TAKES_LOGITS, explains, fed_by, logits_and_labels
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import called, where


def broken() -> Answer:
    logits, labels = torch.tensor([9.0, -9.0, 8.0, -8.0]), torch.tensor([1.0, 0.0, 1.0, 0.0])
    loss_module = nn.BCEWithLogitsLoss()
    probabilities = torch.sigmoid(logits)
    loss = loss_module(probabilities, labels)
    return Answer(given=loss, expected=loss_module(logits, labels), args=(logits, labels))


def fixed() -> Answer:
    logits, labels = torch.tensor([9.0, -9.0, 8.0, -8.0]), torch.tensor([1.0, 0.0, 1.0, 0.0])
    loss_module = nn.BCEWithLogitsLoss()
    loss = loss_module(logits, labels)
    return Answer(given=loss, expected=loss_module(logits, labels), args=(logits, labels))


def shown_by(evidence: Evidence) -> bool:
    """The loss is that of the sigmoid of the logits, or of probabilities that were handed over as logits."""
    if not isinstance(evidence, Answer):
        return False
    for values, labels in logits_and_labels(evidence.args):
        once, twice = _losses(values, labels), _losses(torch.sigmoid(values), labels)
        if explains(evidence, wrong=twice, right=once):
            return True
        if bool(((values >= 0) & (values <= 1)).all()):
            of_probabilities = F.binary_cross_entropy(values, labels, reduction="none")
            if explains(evidence, wrong=once, right=of_probabilities):
                return True
    return False


def _losses(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return F.binary_cross_entropy_with_logits(logits, labels, reduction="none")


def signs(record: Record) -> Iterator[Sign]:
    """What a sigmoid or a softmax gave went into the loss that has a sigmoid inside."""
    if not isinstance(record, RunRecord):
        return
    for loss, made, trains in fed_by(record, TAKES_LOGITS, ("sigmoid", "softmax")):
        low, high = made.outs[0].low, made.outs[0].high
        between = f", values from {low:.4g} to {high:.4g}" if low is not None and high is not None else ""
        yield Sign(
            place=where(record, made),
            seen=f"`{called(record, made)}` gives probabilities{between}, and `{loss.bare}` takes them for logits: it "
            "applies a sigmoid of its own.",
            instead=f"leave `{called(record, made)}` away before the loss; apply it only where you read a probability",
            evidence=(
                f"line {loss.place.line}: the first argument of `{loss.bare}` came from `{called(record, made)}` in "
                f"{made.count} watched calls",
                "of numbers from 0 to 1 a sigmoid makes 0.5 to 0.7311: no label 0 can be reached",
            ),
            sure=trains,
            also=(loss.place, made.place),
        )


MISTAKE = Mistake(
    id="loss.sigmoid_twice",
    code="L1",
    title="BCEWithLogitsLoss wants probabilities, so a sigmoid comes first",
    see="No error. The loss falls, and then stops far above 0: at 0.3133 where every label is 1, at 0.6931 where every "
    "label is 0, at 0.5032 where half of them are. Training is slow, or gets stuck.",
    why="`BCEWithLogitsLoss` applies the sigmoid itself. It takes your probabilities, 0 to 1, for logits, and makes "
    "0.5 to 0.73 of them: the model can never say 'rather 0', and the gradient shrinks on its way through two "
    "sigmoids.",
    instead="`nn.BCEWithLogitsLoss()(logits, labels)` with the model's output as it is; a sigmoid only where you want "
    "to read a probability",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
