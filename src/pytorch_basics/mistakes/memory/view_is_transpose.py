"""T5: ``view(3, 2)`` is taken for a transpose."""

from itertools import permutations

import torch

from pytorch_basics.mistakes.memory import arrays_in, is_tensor, same_values
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake

MOST_DIMENSIONS = 5  # of which all orders are tried


def broken() -> Answer:
    x = torch.arange(6).reshape(2, 3)
    return Answer(given=x.view(3, 2), expected=x.t(), args=(x,))


def fixed() -> Answer:
    x = torch.arange(6).reshape(2, 3)
    return Answer(given=x.t(), expected=x.t(), args=(x,))


def shown_by(evidence: Evidence) -> bool:
    """Expected was an input with its dimensions in another order; given is that input in reading order."""
    if not isinstance(evidence, Answer):
        return False
    given, expected = evidence.given, evidence.expected
    if not is_tensor(given) or not is_tensor(expected):
        return False
    if given.shape != expected.shape or same_values(given, expected):
        return False
    inputs = [x for x in arrays_in(evidence.args) if is_tensor(x)]
    return any(_in_reading_order(x, given) and _rearranged(x, expected) for x in inputs)


def _in_reading_order(x: torch.Tensor, y: torch.Tensor) -> bool:
    return x.numel() == y.numel() and same_values(x.reshape(y.shape), y)


def _rearranged(x: torch.Tensor, y: torch.Tensor) -> bool:
    orders = permutations(range(x.dim())) if x.dim() <= MOST_DIMENSIONS else iter(())
    return any(_in_reading_order(x.permute(order), y) for order in orders)


MISTAKE = Mistake(
    id="memory.view_is_transpose",
    code="T5",
    title="view(3, 2) transposes a 2 × 3 tensor",
    see="The shape is right, but the elements are in the wrong places: row 0 continues into row 1.",
    why="`view` and `reshape` keep the reading order of the elements and only break the lines anew; "
    "a transpose changes which element stands where.",
    instead="`x.t()`, `x.transpose(0, 1)` or `x.permute(1, 0)`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
