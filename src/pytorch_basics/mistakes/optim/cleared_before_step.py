"""O2: the gradients are cleared between ``backward()`` and ``step()``, and no step finds any."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.memory import arrays_in
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Record, Sign
from pytorch_basics.mistakes.operations.star_is_matmul import alike, plain
from pytorch_basics.mistakes.optim import starts_in
from pytorch_basics.mistakes.reading.lines import same_function
from pytorch_basics.mistakes.reading.rounds import rounds
from pytorch_basics.mistakes.reading.wording import optimizer, parameters, times


def broken() -> Answer:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    start = w.detach().clone()
    optimizer = torch.optim.SGD([w], lr=0.25)
    for _ in range(3):
        loss = ((w - 1) ** 2).sum()
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
    return Answer(given=w, expected=torch.tensor([1.5, 0.5]), args=(start,))


def fixed() -> Answer:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    start = w.detach().clone()
    optimizer = torch.optim.SGD([w], lr=0.25)
    for _ in range(3):
        loss = ((w - 1) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return Answer(given=w, expected=torch.tensor([1.5, 0.5]), args=(start,))


def shown_by(evidence: Evidence) -> bool:
    """All parameters should have moved, are where they began, and there is no gradient left in any of them."""
    if not isinstance(evidence, Answer):
        return False
    given, expected = list(arrays_in(evidence.given)), list(arrays_in(evidence.expected))
    args = list(arrays_in(evidence.args))
    if not given or len(given) != len(expected):
        return False
    return all(_stayed(one, other, args) for one, other in zip(given, expected, strict=True))


def _stayed(given: object, expected: object, args: list[torch.Tensor]) -> bool:
    """A parameter without a gradient that is where it began, and should not be."""
    if not isinstance(given, torch.Tensor) or not isinstance(expected, torch.Tensor):
        return False
    if not plain(given) or not plain(expected) or not given.is_leaf or not given.requires_grad:
        return False
    if given.grad is not None and bool(given.grad.any()):
        return False
    return any(alike(given, start) and not alike(expected, start) for start in starts_in(args, given))


def signs(record: Record) -> Iterator[Sign]:
    """Steps that found nothing, because what ``backward()`` had left was cleared just before."""
    if not isinstance(record, RunRecord):
        return
    found = rounds(record)
    for which in range(len(record.optimizers)):
        steps = [step for step in found.steps if step.event.which == which]
        lost = [step for step in steps if step.lost and not step.fresh and not step.stale]
        last = lost[-1] if lost else None
        if last is None or len(lost) < 3 or len(lost) < len(steps) - 1 or last.backward is None or last.cleared is None:
            continue
        backward, zero, step = last.backward.place, last.cleared.place, last.event.place
        if same_function(backward, step) and step.line < backward.line:
            continue  # written in another order: `step_before_backward` says which
        yield Sign(
            place=zero,
            seen=f"The gradients of `backward()` (line {backward.line}) are cleared here, and the step on line "
            f"{step.line} "
            "finds none.",
            instead=f"`{optimizer(record, which)}.zero_grad()` before `backward()`, or after the step",
            evidence=(
                f"In {times(len(lost), len(steps))} {parameters(record, last.lost)} had no gradient left.",
                *_never_changed(record, last.lost),
            ),
            also=(step, backward),
        )


def _never_changed(record: RunRecord, numbers: list[int]) -> tuple[str, ...]:
    same = [k for k in numbers if not record.parameters[k].changed]
    return (f"{parameters(record, same)} never changed.",) if same else ()


MISTAKE = Mistake(
    id="optim.cleared_before_step",
    code="O2",
    title="It does not matter where zero_grad() stands",
    see="The loss never changes and the parameters never move. No error, no warning.",
    why="`backward()` puts the gradients into `.grad`, `zero_grad()` takes them away, and then `step()` finds nothing "
    "to use. It skips every parameter whose `.grad` is None.",
    instead="`optimizer.zero_grad()`, then `loss.backward()`, then `optimizer.step()`; or `zero_grad()` last, after "
    "`step()`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
