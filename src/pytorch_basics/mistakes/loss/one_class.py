"""A softmax or a cross entropy over a single class: 1 whatever the model says, and a loss of 0."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.loss import REGRESSIONS, TAKES_LOGITS
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import called, makers, sites, trained, where

LOSSES = (*REGRESSIONS, *TAKES_LOGITS, "binary_cross_entropy", "nll_loss", "kl_div")


def broken() -> Answer:
    outputs = torch.tensor([[2.0], [-1.0]], requires_grad=True)
    loss = nn.BCELoss()(torch.softmax(outputs, dim=1), torch.tensor([[1.0], [1.0]]))
    loss.backward()
    return Answer(given=loss, expected=torch.tensor(0.7201))


def fixed() -> Answer:
    outputs = torch.tensor([[2.0], [-1.0]], requires_grad=True)
    loss = nn.BCELoss()(torch.sigmoid(outputs), torch.tensor([[1.0], [1.0]]))
    loss.backward()
    return Answer(given=loss, expected=torch.tensor(0.7201))


def signs(record: Record) -> Iterator[Sign]:
    """A softmax over one number right before a loss, or a cross entropy whose input has one class."""
    if not isinstance(record, RunRecord):
        return
    trains = trained(record)
    for k, loss in sites(record, "cross_entropy"):
        if len(loss.ins) > 1 and loss.ins[0].shape[1:2] == (1,) and "int" in loss.ins[1].dtype and k in trains:
            yield Sign(
                loss.place,
                f"`cross_entropy` got `{loss.ins[0].shape}`: a single class, which is always right. The loss is 0 and "
                "so is every gradient.",
                "`nn.BCEWithLogitsLoss()` for one output, with labels 0.0 and 1.0 in its shape; or two outputs",
                (f"the loss was {loss.outs[0].high} at most in {loss.count} watched calls",),
            )
    for k, loss in sites(record, *LOSSES):
        for maker in makers(record, loss.ins[0]) if loss.ins and k in trains else ():
            made = record.sites[maker]
            if made.bare in ("softmax", "log_softmax") and _of_one(made):
                yield Sign(
                    where(record, made),
                    f"`{called(record, made)}` on `{made.outs[0].shape}` has one number to share 1 among: it gives "
                    f"{'1' if made.bare == 'softmax' else '0'} whatever the model says, and passes no gradient.",
                    "a sigmoid for one output: `torch.sigmoid(output)` with `nn.BCELoss()`, or "
                    "`nn.BCEWithLogitsLoss()` on the output as it is",
                    (f"its results were from {made.outs[0].low} to {made.outs[0].high} in {made.count} watched calls",),
                    also=(loss.place, made.place),
                )


def _of_one(site: SiteRecord) -> bool:
    of = site.outs[0].shape if site.outs else ()
    dim = site.argument("dim", "1")
    dim = 1 if dim is None and len(of) == 2 else dim
    return isinstance(dim, int) and len(of) > 1 and of[dim] == 1


MISTAKE = Mistake(
    id="loss.one_class",
    code="",
    title="softmax turns one output into a probability",
    see="No error. The loss never changes, or is 0 from the beginning, and every prediction is 1.",
    why="A softmax shares 1 among the classes. Where there is only one, it gets all of it, whatever its score. For two "
    "classes there are either two outputs and a softmax, or one output and a sigmoid.",
    instead="`nn.BCEWithLogitsLoss()` on the one output; or `nn.Linear(…, 2)` and `nn.CrossEntropyLoss()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
