"""A softmax runs over another dimension than that of the classes."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.loss import fed_by
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import called, sites, where

CLASSES = torch.tensor([0, 2])
OFF = 0.05  # of a sum that should be 1
PICKS = {"argmax": 1, "max": 1, "topk": 2, "gather": 1}  # where their dimension stands


def broken() -> Answer:
    logits = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 3.0]], requires_grad=True)
    loss = nn.NLLLoss()(torch.log_softmax(logits, dim=0), CLASSES)
    loss.backward()
    return Answer(given=loss, expected=nn.CrossEntropyLoss()(logits, CLASSES))


def fixed() -> Answer:
    logits = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 3.0]], requires_grad=True)
    loss = nn.NLLLoss()(torch.log_softmax(logits, dim=1), CLASSES)
    loss.backward()
    return Answer(given=loss, expected=nn.CrossEntropyLoss()(logits, CLASSES))


def signs(record: Record) -> Iterator[Sign]:
    """Log-probabilities that do not add up to 1 over the classes; or shares of one dimension compared along another."""
    if not isinstance(record, RunRecord):
        return
    for loss, made, trains in fed_by(record, ("nll_loss",), ("log_softmax",)):
        sums = loss.ins[0].sums
        if sums is not None and (sums[0] < 1 - OFF or sums[1] > 1 + OFF):
            said = f"line {loss.place.line}: over the classes the probabilities of a row add up to {sums[0]:.4g} at "
            yield _sign(record, made, f"{said}least and {sums[1]:.4g} at most; it should be 1", trains, loss)
    for k, made in sites(record, "softmax", "log_softmax"):
        for later in record.consumers[k]:
            dim = _dim(made)
            picked = _picked(record.sites[later])
            if dim is not None and picked is not None and len(made.outs[0].shape) == 2 and picked % 2 != dim:
                site = record.sites[later]
                said = (
                    f"line {site.place.line}: `{site.bare}` goes along dimension {picked % 2}, `{made.bare}` went along"
                )
                yield _sign(record, made, f"{said} {dim}", False, site)


def _dim(site: SiteRecord) -> int | None:
    """The dimension of a softmax, counted from the front; None given means 1 for two dimensions."""
    dim, total = site.argument("dim", "1"), len(site.outs[0].shape) if site.outs else 0
    if dim is None and total == 2:
        return 1
    return dim % total if isinstance(dim, int) and total else None


def _picked(site: SiteRecord) -> int | None:
    at = PICKS.get(site.bare)
    dim = site.argument("dim", str(at)) if at is not None else None
    return dim if isinstance(dim, int) else None


def _sign(record: RunRecord, made: SiteRecord, evidence: str, sure: bool, other: SiteRecord) -> Sign:
    of, dim, name = made.outs[0].shape, _dim(made), called(record, made)
    along = f"dimension {dim}, which has {of[dim]} entries" if dim is not None else "another dimension"
    right = f"nn.{record.layers[made.layer].kind}" if name.startswith("nn.") and made.layer is not None else made.bare
    return Sign(
        place=where(record, made),
        seen=f"`{name}` on `{of}` goes along {along}: the samples of the batch share one sum, not the classes.",
        instead=f"`{right}(dim={1 if len(of) == 2 else -1})`",
        evidence=(evidence,),
        sure=sure,
        also=(made.place, other.place),
    )


MISTAKE = Mistake(
    id="loss.softmax_over_batch",
    code="",
    title="softmax(dim=0) is the softmax of each row",
    see="No error. The probabilities of a row do not add up to 1; what is said of a sample changes with the others in "
    "its batch.",
    why="`dim` is the dimension along which the results add up to 1. In `(batch, classes)` that is 1: each row is a "
    "sample of its own. Along 0 the samples of a batch compete with each other.",
    instead="`softmax(logits, dim=1)`, or `dim=-1` where the classes are last",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
