"""A function leaves the numbers that it is defined for: the logarithm of 0, 0 / 0, an ``exp`` that overflows."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

import torch

from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own, trained

EDGES = {
    "log": "`torch.log(x.clamp(min=1e-12))`, or `log_softmax` / `logsigmoid`, which never leave the range",
    "exp": "`torch.logsumexp`, `log_softmax`, or the largest value subtracted first",
    "div": "`a / (b + 1e-12)`, or leave out what would be divided by 0",
    "sqrt": "`torch.sqrt(x.clamp(min=0))`, and find out why it is negative",
    "pow": "`x.clamp(min=1e-12) ** p`",
    "std": "a standard deviation of at least two numbers, or `unbiased=False`",
}
ASTRAY = 1e6
ALIKE = {"log2": "log", "log10": "log", "log1p": "log", "logit": "log", "rsqrt": "div", "reciprocal": "div"}
ALIKE |= {"true_divide": "div", "__truediv__": "div", "__rtruediv__": "div", "__pow__": "pow", "float_power": "pow"}
ALIKE |= {"var": "std", "div_": "div", "log_": "log", "exp_": "exp", "sqrt_": "sqrt"}


def broken() -> Answer:
    logits = torch.tensor([[200.0, 0.0], [0.0, 1.0]], requires_grad=True)
    powers = logits.exp()
    loss = -(powers[:, 0] / powers.sum(dim=1)).log().mean()
    loss.backward()
    return Answer(given=loss.isfinite().float(), expected=torch.tensor(1.0), args=(logits,))


def fixed() -> Answer:
    logits = torch.tensor([[200.0, 0.0], [0.0, 1.0]], requires_grad=True)
    loss = -torch.log_softmax(logits, dim=1)[:, 0].mean()
    loss.backward()
    return Answer(given=loss.isfinite().float(), expected=torch.tensor(1.0), args=(logits,))


def signs(record: Record) -> Iterator[Sign]:
    """The loss is not finite, and this function was the first to make such a number of finite ones."""
    if not isinstance(record, RunRecord):
        return
    wrong = [step for step, value in record.losses if value != value or abs(value) == float("inf")]
    if not wrong:
        return
    trains = trained(record)
    found = [
        site
        for k, site in enumerate(record.sites)
        if k in trains and own(site.place) and site.nonfinite and ALIKE.get(site.bare, site.bare) in EDGES
    ]
    first = min(filter(_of_finite, found), key=lambda site: site.first, default=None)
    if first is None or not (_at_once(record) or _came_suddenly(record)):
        return
    yield Sign(
        place=first.place,
        seen=f"`{first.bare}` made a number that is not finite out of finite ones{_of(first)}; from here on the loss "
        "is "
        "`nan` or `inf`.",
        instead=EDGES[ALIKE.get(first.bare, first.bare)],
        evidence=(
            f"line {first.place.line}: `{first.bare}` gave NaN or infinity in {first.nonfinite} of its watched calls",
            f"the loss was not finite after {wrong[0]} steps",
        ),
        sure=_at_once(record),
    )


def _of_finite(site: SiteRecord) -> bool:
    """What came in was always a number, and none of those that only a training gone astray gives."""
    known = [edge for one in site.ins for edge in (one.low, one.high) if edge is not None]
    return bool(known) and all(abs(edge) < ASTRAY for edge in known)


def _came_suddenly(record: RunRecord) -> bool:
    """The losses before it were no larger than at the beginning: the steps were not too long."""
    values = [value for _, value in record.losses]
    finite = list(takewhile(lambda value: value == value and abs(value) < float("inf"), values))
    return len(finite) > 1 and abs(finite[-1]) <= 2 * abs(finite[0]) + 1


def _at_once(record: RunRecord) -> bool:
    """The loss of the first backward pass was not finite: no step can be to blame."""
    value = record.losses[0][1]
    return value != value or abs(value) == float("inf")


def _of(site: SiteRecord) -> str:
    one = site.ins[-1] if site.ins and ALIKE.get(site.bare) == "div" else site.ins[0] if site.ins else None
    if one is None or one.low is None or one.high is None:
        return ""
    return f", which went from {one.low:.4g} to {one.high:.4g}"


MISTAKE = Mistake(
    id="operations.nan_is_born",
    code="",
    title="nan comes from nowhere",
    see="The loss is `nan` or `inf`, and soon every parameter is.",
    why="float32 goes from 1e-38 to 3e38. `exp(89)` is above it, `log(0)` is −inf, `0 / 0` and `inf − inf` are NaN; "
    "whatever is computed from such a number is one too.",
    instead="the functions that stay in the range: `log_softmax`, `logsumexp`, `BCEWithLogitsLoss`; or `x + 1e-12` "
    "inside a logarithm or below a fraction line",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
