"""O3: ``step()`` is called before ``backward()``, and finds no gradient, or that of the round before."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator
from itertools import pairwise

import torch

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Record, Sign
from pytorch_basics.mistakes.operations.star_is_matmul import alike
from pytorch_basics.mistakes.optim import ways
from pytorch_basics.mistakes.optim.no_zero_grad import PLACES
from pytorch_basics.mistakes.reading.lines import calls, loops, same_function
from pytorch_basics.mistakes.reading.rounds import rounds
from pytorch_basics.mistakes.reading.wording import times


def broken() -> Answer:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.25)
    places = [w.detach().clone()]
    for _ in range(3):
        optimizer.step()
        optimizer.zero_grad()
        loss = ((w - 1) ** 2).sum()
        loss.backward()
        places.append(w.detach().clone())
    return Answer(given=places, expected=PLACES)


def fixed() -> Answer:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.25)
    places = [w.detach().clone()]
    for _ in range(3):
        optimizer.zero_grad()
        loss = ((w - 1) ** 2).sum()
        loss.backward()
        optimizer.step()
        places.append(w.detach().clone())
    return Answer(given=places, expected=PLACES)


def shown_by(evidence: Evidence) -> bool:
    """The first step changes nothing, and each later one does what the one before it should have done."""
    if not isinstance(evidence, Answer):
        return False
    for given, expected in ways(evidence.given, evidence.expected):
        late = all(alike(mine, theirs) for mine, theirs in zip(given[1:], expected, strict=False))
        if late and any(not alike(one, next_one) for one, next_one in pairwise(given)):
            return True
    return False


def signs(record: Record) -> Iterator[Sign]:
    """A step without a closure that stands before ``backward()`` in the same loop, and found nothing the first time."""
    if not isinstance(record, RunRecord):
        return
    found = rounds(record)
    for which in range(len(record.optimizers)):
        steps = [step for step in found.steps if step.event.which == which]
        mine = [b for b in record.of("backward") if set(b.parameters) & set(record.optimizers[which].parameters)]
        if len(steps) < 3 or not mine or steps[0].event.grads != "none" or mine[0].order < steps[0].event.order:
            continue
        step, backward = steps[0].event.place, mine[0].place
        if not _in_one_loop(step, backward) or any(one.event.place != step for one in steps[1:3]):
            continue
        empty = [one for one in steps if one.event.grads in ("none", "zero")]
        nothing = len(empty) >= len(steps) - 1 >= 2
        yield Sign(
            place=step,
            seen=f"`step()` runs before the `backward()` of its round (line {backward.line}): "
            + ("it never finds a gradient." if nothing else "it uses the gradients of the round before."),
            instead=f"`{backward.text}` first, then `{step.text}`",
            evidence=(
                f"The first step found no gradient in any of {len(steps[0].event.parameters)} parameters; the first "
                "`backward()` ran after it.",
                *((f"In {times(len(empty), len(steps))} there was no gradient to use.",) if nothing else ()),
            ),
            sure=nothing,
            also=(backward,),
        )


def _in_one_loop(step: Place, backward: Place) -> bool:
    """Both stand in the same innermost loop, or both in none of a function that is called for each round, the step
    first, and it is not given a closure that runs the other."""
    if not same_function(step, backward) or step.line >= backward.line:
        return False
    around, other = loops(step), loops(backward)
    bare = [call for place, call in calls(step.file, "step") if place.line == step.line and not call.args]
    if not around and not other:
        return bool(bare) and step.function != "<module>"
    return bool(around and other and bare) and around[0] is other[0]


MISTAKE = Mistake(
    id="optim.step_before_backward",
    code="O3",
    title="step() works out the gradients that it needs",
    see="The first step changes nothing. The later ones are one round late; or, where `zero_grad()` comes before "
    "`step()` in each round, nothing ever moves. No error, no warning.",
    why="`step()` computes no gradient. It takes what is in `.grad`: None before the first `backward()`, and after it "
    "what the last `backward()` left there, however old.",
    instead="first `loss.backward()`, then `optimizer.step()`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
