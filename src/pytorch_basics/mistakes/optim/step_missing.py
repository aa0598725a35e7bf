"""Gradients are computed round after round, and no optimizer ever takes a step with them."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import EventRecord, OptimizerRecord, RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lines import next_line
from pytorch_basics.mistakes.reading.wording import parameters


def broken() -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.25)
    for _ in range(5):
        optimizer.zero_grad()
        loss = ((w - 1) ** 2).sum()
        loss.backward()


def fixed() -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.25)
    for _ in range(5):
        optimizer.zero_grad()
        loss = ((w - 1) ** 2).sum()
        loss.backward()
        optimizer.step()


def signs(record: Record) -> Iterator[Sign]:
    """An optimizer whose parameters get gradients again and again, and that nobody ever asked for a step."""
    if not isinstance(record, RunRecord):
        return
    moved = {k for k, one in enumerate(record.parameters) if one.changed}
    moved |= {k for one in record.optimizers if one.steps for k in one.parameters}
    for one in record.optimizers:
        mine = set(one.parameters)
        reached = [e for e in record.of("backward") if e.training and mine & set(e.parameters)]
        if one.steps or len(reached) < 3 or moved & mine:
            continue
        yield _sign(record, one, reached)


def _sign(record: RunRecord, one: OptimizerRecord, reached: list[EventRecord]) -> Sign:
    backward, name = reached[-1].place, one.name or "optimizer"
    values = [e.value for e in reached if e.value is not None]
    same = len(values) > 2 and max(values) == min(values)
    return Sign(
        place=next_line(backward),
        seen=f"`backward()` (line {backward.line}) computes gradients, and `{name}.step()` never runs: nothing uses "
        "them.",
        instead=f"`{name}.step()` after line {backward.line}, in every round",
        evidence=(
            f"{len(reached)} backward passes reached {parameters(record, one.parameters)}, `{name}` took 0 steps, and "
            "none of them changed.",
            *((f"The loss was {values[0]:.6g} every time.",) if same else ()),
        ),
        also=tuple(place for place in (backward, one.made) if place not in (None, next_line(backward))),
    )


MISTAKE = Mistake(
    id="optim.step_missing",
    code="",
    title="backward() trains the model",
    see="The loss stays where it is (or only swings with the batches), and the parameters never move. No error.",
    why="`backward()` only computes gradients. Parameters move when `optimizer.step()` runs: a learning-rate "
    "scheduler's "
    "`step()` does not do it, and a condition around it that never holds skips it.",
    instead="`loss.backward()`, then `optimizer.step()`, then `optimizer.zero_grad()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
