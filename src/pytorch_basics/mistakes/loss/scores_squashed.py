"""An activation stands between the last layer and a loss that wants scores of any size, or one probability."""

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

SAYS = {
    "relu": "nothing below 0: a wrong class cannot get less than 0, and where all are 0 there is no gradient",
    "relu_": "nothing below 0: a wrong class cannot get less than 0, and where all are 0 there is no gradient",
    "sigmoid": "numbers from 0 to 1: the right class is at most e times as likely as any other",
    "tanh": "numbers from −1 to 1: the right class is at most e² times as likely as any other",
}


def broken() -> Answer:
    return _loss(lambda scores: torch.relu(scores))


def fixed() -> Answer:
    return _loss(lambda scores: scores)


def _loss(squash: object) -> Answer:
    """What cross entropy says of two right answers."""
    scores, classes = torch.tensor([[-1.0, -9.0], [-9.0, -1.0]], requires_grad=True), torch.tensor([0, 1])
    loss = nn.CrossEntropyLoss()(squash(scores * 1.0), classes)  # type: ignore[operator]  # a function
    loss.backward()
    return Answer(given=loss.round(decimals=3), expected=torch.tensor(0.0), args=(scores, classes))


def signs(record: Record) -> Iterator[Sign]:
    """What an activation gave went into ``cross_entropy`` as it was; or a softmax of classes into ``BCELoss``."""
    if not isinstance(record, RunRecord):
        return
    for loss, made, trains in fed_by(record, ("cross_entropy",), tuple(SAYS)):
        if trains and "int" in loss.ins[-1].dtype + loss.ins[min(1, len(loss.ins) - 1)].dtype:
            name = called(record, made)
            yield Sign(
                place=where(record, made),
                seen=f"`{name}` stands between the scores and `cross_entropy`. It gives {SAYS[made.bare]}.",
                instead=f"the last layer's output as it is, without `{name}`",
                evidence=(f"scores from {made.outs[0].low} to {made.outs[0].high} in {made.count} watched calls",),
                sure=False,
                also=(loss.place, made.place),
            )
    for loss, made, trains in fed_by(record, ("binary_cross_entropy",), ("softmax",)):
        classes = made.outs[0].shape[-1] if made.outs[0].shape else 0
        if trains and classes > 1:
            name = called(record, made)
            yield Sign(
                place=where(record, made),
                seen=f"`{name}` shares 1 among {classes} classes, and `BCELoss` judges each of them as a question of "
                "its "
                "own.",
                instead="for one class out of several: `nn.CrossEntropyLoss()` on the scores, without `softmax`; for "
                "several labels at once: a sigmoid",
                evidence=(f"line {loss.place.line}: `binary_cross_entropy` got the result of `{name}`",),
                sure=False,
                also=(loss.place, made.place),
            )


MISTAKE = Mistake(
    id="loss.scores_squashed",
    code="",
    title="The output needs an activation before the loss",
    see="No error. The loss falls slowly and stops far above 0; some classes are never predicted.",
    why="Cross entropy compares scores by their differences, and turns them into shares itself. An activation before "
    "it "
    "only takes scores away: negative ones, or large ones.",
    instead="the last layer's output as it is into `nn.CrossEntropyLoss()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
