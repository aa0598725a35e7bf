"""L2: a softmax stands before ``CrossEntropyLoss``, which has one inside."""

import math
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.loss import explains, fed_by, rows_and_classes
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import called, where


def broken() -> Answer:
    logits, classes = torch.tensor([[9.0, 0.0, 0.0], [0.0, 0.0, 9.0]]), torch.tensor([0, 2])
    loss_module = nn.CrossEntropyLoss()
    shares = torch.softmax(logits, dim=1)
    loss = loss_module(shares, classes)
    return Answer(given=loss, expected=loss_module(logits, classes), args=(logits, classes))


def fixed() -> Answer:
    logits, classes = torch.tensor([[9.0, 0.0, 0.0], [0.0, 0.0, 9.0]]), torch.tensor([0, 2])
    loss_module = nn.CrossEntropyLoss()
    loss = loss_module(logits, classes)
    return Answer(given=loss, expected=loss_module(logits, classes), args=(logits, classes))


def shown_by(evidence: Evidence) -> bool:
    """The loss is that of the softmax of the logits, or of shares that were handed over as logits."""
    if not isinstance(evidence, Answer):
        return False
    for rows, classes in rows_and_classes(evidence.args):
        once = F.cross_entropy(rows, classes, reduction="none")
        twice = F.cross_entropy(torch.softmax(rows, dim=1), classes, reduction="none")
        if explains(evidence, wrong=twice, right=once):
            return True
        if bool((rows >= 0).all()) and torch.allclose(rows.sum(dim=1), torch.ones(len(rows)).double(), atol=1e-4):
            of_shares = -rows[torch.arange(len(rows)), classes].log()
            if explains(evidence, wrong=once, right=of_shares):
                return True
    return False


def signs(record: Record) -> Iterator[Sign]:
    """What a softmax gave went into the loss that has a softmax inside. A log_softmax there is only superfluous."""
    if not isinstance(record, RunRecord):
        return
    for loss, made, trains in fed_by(record, ("cross_entropy",), ("softmax", "log_softmax")):
        name, shares = called(record, made), made.bare == "softmax"
        classes = loss.ins[0].shape[1 if len(loss.ins[0].shape) > 1 else 0] if loss.ins[0].shape else 0
        floor = math.log(1 + (classes - 1) / math.e) if classes else 0.0
        yield Sign(
            place=where(record, made),
            seen=f"`{name}` gives {'shares' if shares else 'log-probabilities'}, and `cross_entropy` takes them for "
            f"logits: it applies a softmax of its own{'' if shares else ', which changes nothing a second time'}.",
            instead=f"leave `{name}` away before the loss"
            + ("; apply it only where you read the shares" if shares else ", or keep it and use `nn.NLLLoss()`"),
            evidence=(
                f"line {loss.place.line}: the first argument of `cross_entropy` came from `{name}` in {made.count} "
                "watched calls",
                *([f"with {classes} classes the loss cannot go below {floor:.4f}"] if shares and classes else []),
            ),
            sure=trains and shares,
            also=(loss.place, made.place),
        )


MISTAKE = Mistake(
    id="loss.softmax_twice",
    code="L2",
    title="CrossEntropyLoss wants shares, so a softmax comes first",
    see="No error. The loss falls, and then stops far above 0: for C classes at ln(1 + (C − 1)/e), which is 0.5514 for "
    "three and 1.4612 for ten.",
    why="`CrossEntropyLoss` applies the softmax itself. It takes your shares, 0 to 1, for logits. They differ by at "
    "most 1, so even a sure and right answer is only e times as likely as any other.",
    instead="`nn.CrossEntropyLoss()(logits, classes)` with the model's outputs as they are; `softmax(dim=1)` only "
    "where you want to read the shares",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
