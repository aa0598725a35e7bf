"""T10: broadcasting is trusted to line shapes up as they were meant."""

from collections.abc import Iterator
from itertools import permutations

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised
from pytorch_basics.mistakes.operations.star_is_matmul import alike, failed_in_star, plain, together


def broken() -> Answer:
    output = torch.tensor([[1.0], [2.0], [3.0]])
    target = torch.tensor([1.0, 2.0, 3.0])
    loss = ((output - target) ** 2).mean()
    return Answer(given=loss, expected=torch.tensor(0.0), args=(output, target))


def fixed() -> Answer:
    output = torch.tensor([[1.0], [2.0], [3.0]])
    target = torch.tensor([1.0, 2.0, 3.0])
    loss = ((output - target.unsqueeze(1)) ** 2).mean()
    return Answer(given=loss, expected=torch.tensor(0.0), args=(output, target))


def shown_by(evidence: Evidence) -> bool:
    """Sizes that do not line up, or a result that is explained by every element having met every other."""
    if isinstance(evidence, Raised):
        return _refused(evidence)
    if not isinstance(evidence, Answer):
        return False
    given = _as_tensor(evidence.given)
    if given is None or alike(given, _as_tensor(evidence.expected)):
        return False
    tensors = [value.detach().double() for value in evidence.args if plain(value)][:4]
    met = any(alike(given, value) for a, b in permutations(tensors, 2) for value in _all_pairs(a, b))
    return met or any(alike(given, value) for x in tensors for value in _reduced_without_keepdim(x))


def _refused(evidence: Raised) -> bool:
    """PyTorch's refusal to broadcast, or its warning that a loss is about to."""
    if "that is different to the input size" in evidence.message:
        return evidence.message.startswith("Using a target size")
    return evidence.message.startswith("The size of tensor a") and not failed_in_star(evidence)


def _all_pairs(a: torch.Tensor, b: torch.Tensor) -> Iterator[torch.Tensor]:
    """What becomes of a loss or an accuracy when ``(N, 1)`` meets ``(N,)``: all N × N pairs, sum, mean."""
    shape = together(a, b)
    if shape is None or a.numel() != b.numel() or shape.numel() <= a.numel():
        return
    one_with_one = list(_readings(a.flatten(), b.flatten()))
    for value in _readings(a, b):
        if not any(alike(value, other) for other in one_with_one):  # such a value tells nothing
            yield value


def _readings(a: torch.Tensor, b: torch.Tensor) -> Iterator[torch.Tensor]:
    difference, same = a - b, (a == b).double()
    yield from (difference, a + b, a * b, a / b)
    for pairs in (difference.abs(), difference.square(), same, 1 - same):
        yield from (pairs, pairs.mean(), pairs.sum(), pairs.sum() / a.numel())
    yield difference.square().mean().sqrt()
    yield 100 * same.mean()


def _reduced_without_keepdim(x: torch.Tensor) -> Iterator[torch.Tensor]:
    """``x / x.sum(dim=1)`` of a square ``x``: the reduced values are laid along the wrong dimension."""
    for dim in range(1, x.dim()):
        left = x.shape[:dim] + x.shape[dim + 1 :]
        if x.numel() > 1 and left == x.shape[1:]:
            total, mean, largest = x.sum(dim), x.mean(dim), x.amax(dim)
            yield from (x / total, x - mean, x - largest, x / largest, (x - mean) / x.std(dim))
            powers = (x - largest).exp()
            yield from (x.exp() / x.exp().sum(dim), powers / powers.sum(dim))


def _as_tensor(value: object) -> torch.Tensor | None:
    if isinstance(value, (int, float)):
        return torch.tensor(value, dtype=torch.float64) if abs(value) < 1e300 else None
    return value if isinstance(value, torch.Tensor) and plain(value) else None


MISTAKE = Mistake(
    id="operations.silent_broadcast",
    code="T10",
    title="Broadcasting lines the shapes up the way I mean them",
    see="A loss that stays above 0 although every output equals its target, or an accuracy above 1, with no "
    "error (`(N, 1)` met `(N,)` and became `(N, N)`); or an error that the sizes of tensor a and tensor b "
    "must match.",
    why="Shapes are lined up from the right, and a size of 1 or a missing dimension is stretched to the "
    "other's size. Nothing asks which dimension you meant.",
    instead="the same shape on both sides: `output.squeeze(1)`, `target.unsqueeze(1)`, or a reduction with "
    "`keepdim=True`; and check it: `assert output.shape == target.shape`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
