"""O1: nobody clears the gradients, and every step also takes those of the steps before."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Record, Sign
from pytorch_basics.mistakes.operations.star_is_matmul import alike
from pytorch_basics.mistakes.optim import ways
from pytorch_basics.mistakes.reading.rounds import Step, rounds
from pytorch_basics.mistakes.reading.wording import optimizer, parameters, times

PLACES = [torch.tensor(place) for place in ([5.0, -3.0], [3.0, -1.0], [2.0, 0.0], [1.5, 0.5])]


def broken() -> Answer:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.25)
    places = [w.detach().clone()]
    for _ in range(3):
        loss = ((w - 1) ** 2).sum()
        loss.backward()
        optimizer.step()
        places.append(w.detach().clone())
    return Answer(given=places, expected=PLACES)


def fixed() -> Answer:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.25)
    places = [w.detach().clone()]
    for _ in range(3):
        loss = ((w - 1) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        places.append(w.detach().clone())
    return Answer(given=places, expected=PLACES)


def shown_by(evidence: Evidence) -> bool:
    """The first step is right; the second is the one that was expected, and the first once more."""
    if not isinstance(evidence, Answer):
        return False
    for given, expected in ways(evidence.given, evidence.expected):
        first, second = given[1] - given[0], expected[2] - expected[1]
        if alike(given[1], expected[1]) and alike(given[2], given[1] + second + first):
            return True
    return False


def signs(record: Record) -> Iterator[Sign]:
    """Steps that also used what an earlier step had used, because nobody had cleared it."""
    if not isinstance(record, RunRecord):
        return
    found = rounds(record)
    for which in range(len(record.optimizers)):
        steps = [step for step in found.steps if step.event.which == which]
        yield from _told(record, steps, f"`{optimizer(record, which)}.zero_grad()` before `backward()`")
    held = {k for k, one in enumerate(record.parameters) if one.optimizers}
    by_hand = [step for step in found.updates if not held.intersection(step.event.parameters) and _adds(record, step)]
    for place in dict.fromkeys(step.event.place for step in by_hand):
        yield from _told(record, [step for step in by_hand if step.event.place == place], "")
        break  # the other lines of the same update say the same


def _adds(record: RunRecord, step: Step) -> bool:
    site = record.sites[step.event.site] if step.event.site is not None else None
    return site is not None and site.bare in ("__isub__", "sub_", "__iadd__", "add_", "addcdiv_", "__set__", "copy_")


def _told(record: RunRecord, steps: list[Step], instead: str) -> Iterator[Sign]:
    stale = [step for step in steps if step.stale]
    if len(steps) < 3 or len(stale) < 2 or len(stale) < len(steps) / 2 or stale[-1].backward is None:
        return
    backward, step = stale[-1].backward.place, stale[-1].event.place
    which = list(dict.fromkeys(k for one in stale for k in one.stale))
    by_hand = stale[-1].event.kind == "update"
    own = record.parameters[which[0]].name or "w"
    yield Sign(
        place=step if by_hand else backward,
        seen=f"Each `backward()` (line {backward.line}) adds to the gradients that the step before (line {step.line}) "
        "has "
        "already used: nothing clears them in between.",
        instead=instead or f"`{own}.grad = None` after the update, for each of them",
        evidence=(
            f"In {times(len(stale), len(steps))} `.grad` of {parameters(record, which)} still held the gradients of "
            "earlier steps.",
        ),
        also=(backward if by_hand else step,),
    )


MISTAKE = Mistake(
    id="optim.no_zero_grad",
    code="O1",
    title="Each step starts with fresh gradients by itself",
    see="The first step is right. Then the steps get longer, overshoot and swing, or the loss becomes `nan`. With a "
    "small learning rate it even seems to work.",
    why="`backward()` adds to what is in `.grad`, and `step()` only reads it. Nobody clears it unless you say so, and "
    "every step also takes the gradients of all steps before.",
    instead="`optimizer.zero_grad()` once for each step: before `backward()`, or right after `step()`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
