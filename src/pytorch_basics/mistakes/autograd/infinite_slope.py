"""The slope of a square root at 0 is infinite, and the gradient becomes NaN while the loss is still fine."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import before, own, trained

AT_ZERO = {"sqrt", "sqrt_", "std", "var", "pow", "__pow__", "float_power", "norm", "cdist", "pdist"}
INSIDE = {True: "(x + 1e-12)", False: "x.clamp(-1 + 1e-6, 1 - 1e-6)"}
AT_ONE = {"acos", "asin", "arccos", "arcsin"}


def broken() -> Answer:
    return _after(lambda squares: squares.sqrt())


def fixed() -> Answer:
    return _after(lambda squares: (squares + 1e-12).sqrt())


def _after(root: object) -> Answer:
    """Three steps that bring two points together; the first pair is together from the start."""
    a, b = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.0, 2.0], [0.0, 0.0]])
    w = torch.eye(2).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        squares = ((a - b) @ w).square().sum(dim=1)
        loss = root(squares).mean()  # type: ignore[operator]  # a function
        loss.backward()
        optimizer.step()
    return Answer(given=w.isfinite().all().float(), expected=torch.tensor(1.0))


def signs(record: Record) -> Iterator[Sign]:
    """Gradients that are not finite behind a root of exactly 0, while the loss itself began finite."""
    if not isinstance(record, RunRecord) or not record.losses:
        return
    spoiled = {k for k, p in enumerate(record.parameters) if p.nonfinite}
    first = record.losses[0][1]
    if not spoiled or first != first or abs(first) == float("inf"):
        return
    trains = trained(record)
    for k, site in enumerate(record.sites):
        if (
            k not in trains
            or not own(site.place)
            or not site.outs
            or not site.outs[0].requires_grad
            or not _at_edge(site)
        ):
            continue
        behind = {
            one.parameter for j in before(record, (k,)) for one in record.sites[j].ins if one.parameter is not None
        }
        if behind & spoiled:
            names = [record.parameters[p].name for p in sorted(behind & spoiled)]
            yield Sign(
                place=site.place,
                seen=f"`{site.bare}` of a number that is exactly {'0' if site.bare in AT_ZERO else '1'}: its slope "
                "there is infinite, and backward makes NaN of it.",
                instead=f"a small number inside: `{INSIDE[site.bare in AT_ZERO]}.{site.bare}(…)`",
                evidence=(
                    f"line {site.place.line}: the number nearest to the edge was at distance 0 in the watched calls",
                    f"the loss was {first:.4g} at first, and `{names[0]}` had a gradient that is not finite",
                ),
            )
            return


def _at_edge(site: SiteRecord) -> bool:
    one = site.ins[0] if site.ins else None
    if one is None:
        return False
    if site.bare in AT_ONE:
        return one.high == 1 or one.low == -1
    if site.bare not in AT_ZERO or one.near is None:
        return False
    if site.bare in ("pow", "__pow__", "float_power"):
        power = site.argument("1", "exponent")
        return one.near == 0 and isinstance(power, (int, float)) and power < 1
    return one.near == 0 or site.bare in ("cdist", "pdist") or (site.bare == "std" and one.low == one.high)


MISTAKE = Mistake(
    id="autograd.infinite_slope",
    code="",
    title="A square root of 0 is harmless",
    see="The first loss is a number, then everything is `nan`: the gradients were it first.",
    why="The slope of the square root at 0 is infinite. Backward multiplies it by the 0 that comes from inside, and "
    "infinity times 0 is NaN; one optimizer step later all parameters are.",
    instead="`(x + 1e-12).sqrt()`, or `x.clamp(min=1e-12).sqrt()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
