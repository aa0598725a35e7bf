"""``kl_div`` is given a target that is no distribution, or an input that is no log-probability."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import bound, called, makers, sites, where

OFF = 0.05  # of a sum that should be 1


def broken() -> Answer:
    log_shares, votes = torch.tensor([[0.2, 0.5, 0.3]]).log(), torch.tensor([[1.0, 2.0, 1.0]])
    loss = nn.KLDivLoss(reduction="batchmean")(log_shares, votes)
    return Answer(given=loss, expected=torch.tensor(0.0102))


def fixed() -> Answer:
    log_shares, votes = torch.tensor([[0.2, 0.5, 0.3]]).log(), torch.tensor([[1.0, 2.0, 1.0]])
    shares = votes / votes.sum(dim=1, keepdim=True)
    loss = nn.KLDivLoss(reduction="batchmean")(log_shares, shares)
    return Answer(given=loss, expected=torch.tensor(0.0102))


def signs(record: Record) -> Iterator[Sign]:
    """The sums over the classes are not 1; or the input is above 0, which no logarithm of a probability is."""
    if not isinstance(record, RunRecord):
        return
    for _, site in sites(record, "kl_div"):
        if len(site.ins) < 2 or not site.outs:
            continue
        if (sign := _input(record, site)) is not None:
            yield sign
        elif _off(site.ins[1].sums):
            yield _target(site)


def _off(sums: tuple[float, float] | None) -> bool:
    return sums is not None and (sums[0] < 1 - OFF or sums[1] > 1 + OFF)


def _sums(sums: tuple[float, float] | None) -> str:
    low, high = sums or (0.0, 0.0)
    return f"to {low:.4g}" if abs(high - low) < 1e-3 else f"to {low:.4g} at least and {high:.4g} at most"


def _target(site: SiteRecord) -> Sign:
    name = site.ins[1].name or "target"
    logs = site.argument("log_target") is True
    lowest = site.outs[0].low
    place = bound(site.place, 1)
    return Sign(
        place=place,
        seen=f"the target of `kl_div` is no distribution: {'its exponentials add' if logs else 'it adds'} up "
        f"{_sums(site.ins[1].sums)} in a row, not to 1.",
        instead=f"`{name}.log_softmax(dim=1)`" if logs else f"`{name} / {name}.sum(dim=1, keepdim=True)`",
        evidence=(
            f"line {site.place.line}: rows of the target add up {_sums(site.ins[1].sums)}",
            *(
                [f"the divergence was {lowest:.4g}; it is never below 0"]
                if lowest is not None and lowest < -1e-4
                else []
            ),
        ),
        also=(site.place,),
    )


def _input(record: RunRecord, site: SiteRecord) -> Sign | None:
    given = site.ins[0]
    made = [record.sites[maker] for maker in makers(record, given)]
    shares = next((one for one in made if one.bare == "softmax"), None)
    positive = given.high is not None and given.high > 0.01
    if not positive and shares is None:
        return None
    name = called(record, shares) if shares else ""
    return Sign(
        place=where(record, shares) if shares else site.place,
        seen="the input of `kl_div` should be log-probabilities; "
        + (f"it came from `{name}`, which gives probabilities." if shares else f"it goes up to {given.high:.4g}."),
        instead=f"`{name.replace('Softmax', 'LogSoftmax').replace('softmax', 'log_softmax')}` for the input"
        if shares
        else "`log_softmax(dim=1)` of the scores as the input",
        evidence=(
            f"line {site.place.line}: the input is from {given.low:.4g} to {given.high:.4g}; log-probabilities are "
            "never above 0",
        ),
        also=(site.place,),
    )


MISTAKE = Mistake(
    id="loss.kl_of_other_numbers",
    code="",
    title="KLDivLoss takes any two tensors",
    see="No error. The divergence is negative, or not 0 where both sides agree.",
    why="`kl_div(input, target)` is the sum of `target * (target.log() - input)`. That is a divergence only if the "
    "input holds logarithms of probabilities, and the target probabilities that add up to 1.",
    instead="`nn.KLDivLoss(reduction='batchmean')(scores.log_softmax(dim=1), weights / weights.sum(dim=1, "
    "keepdim=True))`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
