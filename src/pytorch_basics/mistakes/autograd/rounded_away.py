"""A function of steps (``sign``, ``round``, ``floor``) between the parameters and the loss: its slope is 0."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import before, sites, trained

STEPPED = ("sign", "sgn", "round", "floor", "ceil", "trunc", "fix", "heaviside", "sign_", "round_", "floor_", "ceil_")
SMOOTH = {"sign": "tanh", "sgn": "tanh", "heaviside": "sigmoid"}
STEPS = 3


def broken() -> Answer:
    return _trained(torch.sign)


def fixed() -> Answer:
    return _trained(torch.tanh)


def _trained(choose: Callable[[torch.Tensor], torch.Tensor]) -> Answer:
    """A weight that should turn positive."""
    x, w = torch.tensor([1.0, 2.0, -1.0]), torch.tensor([-0.5], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.5)
    for _ in range(8):
        optimizer.zero_grad()
        loss = (choose(w * x) - torch.sign(x)).square().mean()
        loss.backward()
        optimizer.step()
    return Answer(given=(w > 0).float(), expected=torch.tensor([1.0]), args=(x,))


def signs(record: Record) -> Iterator[Sign]:
    """Parameters whose gradient is 0 in every watched step, behind a function of steps."""
    if not isinstance(record, RunRecord):
        return
    trains = trained(record)
    for k, site in sites(record, *STEPPED):
        if k not in trains or not site.outs or not site.outs[0].requires_grad:
            continue
        behind = [
            one.parameter for j in before(record, (k,)) for one in record.sites[j].ins if one.parameter is not None
        ]
        still = [record.parameters[p] for p in dict.fromkeys(behind)]
        still = [p for p in still if p.zero >= len(p.norms) >= STEPS]
        if still:
            name, smooth = site.bare.rstrip("_"), SMOOTH.get(site.bare.rstrip("_"))
            yield Sign(
                place=site.place,
                seen=f"`{name}` is flat between its steps: its gradient is 0 everywhere, so nothing before it can "
                "learn.",
                instead=f"`torch.{smooth}(…)` for the training, `{name}` only for the answer"
                if smooth
                else f"`{name}` only after training, or `x + (torch.{name}(x) - x).detach()`, which passes the "
                "gradient on",
                evidence=tuple(
                    f"`{p.name or 'the parameter'}` had gradient 0 in {len(p.norms)} of {len(p.norms)} watched steps"
                    for p in still[:3]
                ),
            )


MISTAKE = Mistake(
    id="autograd.rounded_away",
    code="",
    title="sign() and round() can be trained through",
    see="No error. The loss stays exactly where it is, and every gradient is 0.",
    why="These functions jump from one value to the next and are flat between. Their slope is 0 wherever it exists, "
    "and "
    "backward multiplies by it.",
    instead="a smooth function for the training (`tanh` for `sign`, `sigmoid` for a threshold), the jump only for the "
    "answer",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
