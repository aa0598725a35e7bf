"""An activation on the output keeps it from values that the targets have, or holds it at 0."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import InRecord, RunRecord, SiteRecord
from pytorch_basics.mistakes.loss import REGRESSIONS
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import a_number, called, makers, sites, trained, where

RANGES: dict[str, tuple[float, float | None]] = {
    **dict.fromkeys(("relu", "relu_", "softplus"), (0.0, None)),
    **dict.fromkeys(("sigmoid", "sigmoid_", "softmax"), (0.0, 1.0)),
    **dict.fromkeys(("tanh", "tanh_"), (-1.0, 1.0)),
}
BELOW = 0.2  # of the targets' range may lie below a ReLU's 0 as noise
BEYOND = 0.15  # of a bounded activation's range
SIZES = ("pow", "__pow__", "square", "abs", "norm", "mul", "float_power")
DIFFERENCES = ("sub", "__sub__", "rsub", "__rsub__")
CALLS = 3


def broken() -> Answer:
    return _after(torch.relu)


def fixed() -> Answer:
    return _after(lambda x: x)


def _after(activation: object) -> Answer:
    """A line that should go through targets on both sides of 0, with this activation at its end."""
    x = torch.linspace(-1, 1, 9).unsqueeze(1)
    with torch.random.fork_rng(), torch.no_grad():
        model = nn.Linear(1, 1)
        model.weight.fill_(0.5), model.bias.fill_(0.2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    for _ in range(20):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(activation(model(x)), 2 * x)  # type: ignore[operator]  # a function
        loss.backward()
        optimizer.step()
    return Answer(given=(loss < 0.1).float(), expected=torch.tensor(1.0), args=(x,))


def signs(record: Record) -> Iterator[Sign]:
    """The last activation before a regression loss has another range than the targets, or gave nothing but 0."""
    if not isinstance(record, RunRecord):
        return
    trains = trained(record)
    for k, loss in sites(record, *REGRESSIONS, *DIFFERENCES):
        if len(loss.ins) < 2 or k not in trains or loss.count < CALLS:
            continue
        if loss.bare in DIFFERENCES and not _is_error(record, k):
            continue
        for output, target in ((loss.ins[0], loss.ins[1]), (loss.ins[1], loss.ins[0])):
            found = makers(record, output) if not target.requires_grad else []
            for made in (record.sites[maker] for maker in found if len(found) == 1):  # several: other models' targets
                if made.bare in RANGES and made.outs and made.graded:
                    yield from _judged(record, made, loss, target)


def _is_error(record: RunRecord, k: int) -> bool:
    """A difference whose size goes straight into a number: a loss written by hand."""
    return any(record.sites[j].bare in SIZES for j in record.consumers[k]) and a_number(record, k)


def _judged(record: RunRecord, made: SiteRecord, loss: SiteRecord, target: InRecord) -> Iterator[Sign]:
    out, name = made.outs[0], called(record, made)
    if made.bare.startswith("relu") and out.high == 0 and out.low == 0 and made.count >= CALLS:
        yield _sign(
            record,
            made,
            loss,
            f"`{name}` at the output gave 0 for every input, and passes no gradient there: the model cannot leave "
            "this.",
            f"every output of `{name}` was 0 in {made.count} of {made.count} watched calls",
        )
    elif target.low is not None and target.high is not None and _outside(RANGES[made.bare], target.low, target.high):
        low, high = RANGES[made.bare]
        between = f"{low:g} or more" if high is None else f"between {low:g} and {high:g}"
        yield _sign(
            record,
            made,
            loss,
            f"`{name}` at the output can only be {between}, and the targets go from {target.low:.4g} to "
            f"{target.high:.4g}.",
            f"line {loss.place.line}: targets from {target.low:.4g} to {target.high:.4g}, outputs from {out.low:.4g} "
            "to "
            f"{out.high:.4g}",
        )


def _outside(reach: tuple[float, float | None], low: float, high: float) -> bool:
    if reach[1] is None:
        return low < -BELOW * (high - low)
    slack = BEYOND * (reach[1] - reach[0])
    return low < reach[0] - slack or high > reach[1] + slack


def _sign(record: RunRecord, made: SiteRecord, loss: SiteRecord, seen: str, evidence: str) -> Sign:
    return Sign(
        place=where(record, made),
        seen=seen,
        instead=f"no `{called(record, made)}` after the last layer",
        evidence=(evidence,),
        also=(made.place, loss.place),
    )


MISTAKE = Mistake(
    id="loss.output_cannot_reach",
    code="",
    title="Every layer needs an activation, the last one too",
    see="No error. The loss stops far above 0; the outputs are all alike, or never go beyond a bound.",
    why="A ReLU gives nothing below 0, a sigmoid nothing outside 0 to 1, a tanh nothing outside −1 to 1. Targets "
    "beyond "
    "that cannot be reached, and where a ReLU gives 0 its gradient is 0 as well.",
    instead="a last layer without activation for a regression; or targets scaled into its range",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
