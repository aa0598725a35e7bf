"""O1: nobody clears the gradients, and every step also takes those of the steps before."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake
from pytorch_basics.mistakes.operations.star_is_matmul import alike
from pytorch_basics.mistakes.optim import ways

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
)
