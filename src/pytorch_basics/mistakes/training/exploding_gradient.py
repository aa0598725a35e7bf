"""Gradients grow from layer to layer, or from time step to time step, on their way back."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from math import inf, prod, sqrt

import torch

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own

HUGE, STEPS = 1e4, 3
LARGE = 2.0  # times what a layer is given


def broken() -> Answer:
    return _after(clip=False)


def fixed() -> Answer:
    return _after(clip=True)


def _after(clip: bool) -> Answer:
    """Whether the parameters stay finite when a number is multiplied 30 times by the same weight."""
    w = torch.tensor([[2.0]], requires_grad=True)
    x = torch.ones(4, 1)
    optimizer = torch.optim.SGD([w], lr=0.01)
    for _ in range(5):
        optimizer.zero_grad()
        state = x
        for _ in range(30):
            state = state @ w
        loss = (state - 1).abs().mean()
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_([w], 1.0)
        optimizer.step()
    return Answer(given=(w.abs() < 10).all().float(), expected=torch.tensor(1.0))


def signs(record: Record) -> Iterator[Sign]:
    """Gradients that are huge from the first step on, nobody who clips them, and a loss that does not fall."""
    if not isinstance(record, RunRecord) or record.of("clip") or len(record.losses) < STEPS:
        return
    first, last = record.losses[0][1], record.losses[-1][1]
    if last < first:  # NaN is not
        return
    large = [p for p in record.parameters if p.norms and p.optimizers and p.norms[0] > HUGE]
    backward = next((e for e in record.of("backward") if own(e.place)), None)
    if large and backward is not None:
        worst = max(large, key=lambda p: p.norms[0])
        finite = worst.norms[0] < inf  # clipping an infinite gradient gives NaN
        drawn = _drawn_large(record)
        yield Sign(
            place=drawn or backward.place,
            seen=f"the gradient of `{worst.name}` has the norm {worst.norms[0]:.3g} in the first step already, and "
            "the loss "
            f"goes from {first:.3g} to {last:.3g}.",
            instead=f"`{drawn.text}` with a standard deviation of `1 / sqrt(n)` or less for n inputs, or "
            "`nn.init.orthogonal_`"
            if drawn is not None
            else (
                "`torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)` between `backward()` and `step()`; " * finite
            )
            + "smaller weights at the beginning; scaled inputs and targets",
            evidence=(
                f"{len(large)} of {len(record.parameters)} parameters had gradients with a norm above {HUGE:g} in the "
                "first watched step",
            ),
            sure=False,
            also=(backward.place,) if drawn is not None else (),
        )


def _drawn_large(record: RunRecord) -> Place | None:
    """The learner's line that drew a weight so large that a layer multiplies what it is given, the worst first."""
    found: dict[Place, float] = {}
    for site in record.sites:
        if site.bare not in ("normal_", "uniform_") or not own(site.place) or not site.ins:
            continue
        one = site.ins[0]
        if one.parameter is None or len(one.shape) < 2 or len(one.shape) > 5 or not one.sources:
            continue
        spread = _spread(site)
        gain = spread * sqrt(prod(one.shape[1:]))
        if gain > LARGE:
            found[site.place] = max(gain, found.get(site.place, 0.0))
    return max(found, key=lambda place: found[place], default=None)


def _spread(site: SiteRecord) -> float:
    """The standard deviation that it was asked for."""
    normal = site.bare == "normal_"
    low = site.argument("mean", "a", "from", "1", default=0.0)
    high = site.argument("std", "b", "to", "2", default=1.0)
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
        return 0.0
    return float(high) if normal else (high - low) / sqrt(12)


MISTAKE = Mistake(
    id="training.exploding_gradient",
    code="",
    title="A gradient has the size of a step",
    see="The loss jumps up, or becomes `nan` after a few steps, even with a small learning rate.",
    why="Backward multiplies by the weights of each layer, or of each time step of a recurrent network. Where these "
    "are "
    "above 1, the product grows with the depth, and one step throws everything away.",
    instead="`clip_grad_norm_` before `step()`, weights that begin smaller, normalisation",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
