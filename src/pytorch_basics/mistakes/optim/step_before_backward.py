"""O3: ``step()`` is called before ``backward()``, and finds no gradient, or that of the round before."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from itertools import pairwise

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake
from pytorch_basics.mistakes.operations.star_is_matmul import alike
from pytorch_basics.mistakes.optim import ways
from pytorch_basics.mistakes.optim.no_zero_grad import PLACES


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
)
