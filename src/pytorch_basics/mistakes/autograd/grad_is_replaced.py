"""A1: ``backward`` is thought to put a new gradient into ``.grad``; it adds to the one that is there."""

# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for backward().

from itertools import accumulate, combinations
from typing import Any

import torch

from pytorch_basics.mistakes.memory import share
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake
from pytorch_basics.mistakes.operations.star_is_matmul import alike, plain

MOST_GRADIENTS = 1000


def broken() -> Answer:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    w.pow(2).sum().backward()
    squares = w.grad
    w.pow(3).sum().backward()
    cubes = w.grad
    alone = torch.tensor([2.0, 4.0, 6.0]), torch.tensor([3.0, 12.0, 27.0])
    return Answer(given=(squares, cubes), expected=alone, args=(w,))


def fixed() -> Answer:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    w.pow(2).sum().backward()
    squares = w.grad
    w.grad = None  # the next backward makes a tensor of its own
    w.pow(3).sum().backward()
    cubes = w.grad
    alone = torch.tensor([2.0, 4.0, 6.0]), torch.tensor([3.0, 12.0, 27.0])
    return Answer(given=(squares, cubes), expected=alone, args=(w,))


def shown_by(evidence: Evidence) -> bool:
    """Several gradients that are running sums or one tensor under many names; or one with an older one added."""
    if not isinstance(evidence, Answer) or not any(_watched(x) for x in evidence.args):
        return False  # without a watched tensor, equal numbers are no gradients
    given, expected = _gradients(evidence.given), _gradients(evidence.expected)
    if given is None or expected is None or len(given) != len(expected) or _agree(given, expected):
        return False
    if len(given) == 1:
        older = [x.grad for x in evidence.args if plain(x) and x.is_leaf and plain(x.grad)]
        return any(g.shape == expected[0].shape and alike(given[0], expected[0] + g.double()) for g in older)
    if len({x.shape for x in expected}) > 1:
        return False
    sums = list(accumulate(expected))
    return _agree(given, sums) or _agree(given, sums[-1:] * len(given)) or _one_tensor(evidence.given)


def _watched(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.requires_grad


def _gradients(value: Any) -> list[torch.Tensor] | None:
    """A list of gradients, or the rows of a tensor that holds one in each; None where there are none."""
    if plain(value):
        value = list(value) if value.dim() > 1 else [value]
    if not isinstance(value, (list, tuple)) or not 0 < len(value) <= MOST_GRADIENTS:
        return None
    return [x.detach().double() for x in value] if all(plain(x) for x in value) else None


def _agree(given: list[torch.Tensor], expected: list[torch.Tensor]) -> bool:
    return all(alike(x, y) for x, y in zip(given, expected, strict=True))


def _one_tensor(value: Any) -> bool:
    """Whether the entries of a list are one and the same piece of memory."""
    if not isinstance(value, (list, tuple)):
        return False
    same = all(x.data_ptr() == y.data_ptr() and x.shape == y.shape for x, y in combinations(value, 2))
    return same and all(share(x, value[0]) for x in value)


MISTAKE = Mistake(
    id="autograd.grad_is_replaced",
    code="A1",
    title="backward() puts the new gradient into .grad",
    see="The first gradient is right, every later one is too large, and the one that you kept as `g = w.grad` has "
    "changed with it.",
    why="`backward()` adds to the tensor in `.grad`, in place. `g = w.grad` is a second name for that tensor, "
    "not a copy.",
    instead="`w.grad = None` (or `optimizer.zero_grad()`) before the next `backward()`; `g = w.grad.clone()` "
    "to keep what is there now",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
