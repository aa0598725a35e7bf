"""The optimizer steps round after round, and nobody ever called ``backward()``."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.wording import optimizer, parameters


def broken() -> float:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    adam = torch.optim.Adam([w], lr=0.25)
    for _ in range(5):
        adam.zero_grad()
        loss = ((w - 1) ** 2).sum()
        adam.step()
    return loss.item()


def fixed() -> float:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    adam = torch.optim.Adam([w], lr=0.25)
    for _ in range(5):
        adam.zero_grad()
        loss = ((w - 1) ** 2).sum()
        loss.backward()
        adam.step()
    return loss.item()


def signs(record: Record) -> Iterator[Sign]:
    """Steps that found no gradient anywhere, in a run where no backward pass ever ran."""
    if not isinstance(record, RunRecord) or record.of("backward"):
        return
    for which, one in enumerate(record.optimizers):
        steps = [e for e in record.of("step") if e.which == which]
        if len(steps) < 3 or any(e.grads != "none" for e in steps):
            continue
        place, name = steps[-1].place, optimizer(record, which)
        yield Sign(
            place=place,
            seen=f"`{name}.step()` runs here, and no `backward()` has run before it: there are no gradients to use.",
            instead=f"`loss.backward()` before `{name}.step()`",
            evidence=(
                f"`.grad` of {parameters(record, one.parameters)} was None in all {len(steps)} watched steps.",
                "No backward pass ran at all.",
            ),
        )


MISTAKE = Mistake(
    id="optim.backward_missing",
    code="",
    title="optimizer.step() computes the gradients",
    see="The loss stays where it is and the parameters never move. No error, no warning.",
    why="`step()` only reads `.grad`, and only `backward()` writes there. It skips every parameter whose `.grad` is "
    "None.",
    instead="`loss.backward()` between the loss and `optimizer.step()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
