"""L1: a sigmoid stands before ``BCEWithLogitsLoss``, which has one inside."""

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_basics.mistakes.loss import explains, logits_and_labels
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake


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
)
