"""T10: broadcasting is trusted to line shapes up as they were meant."""

from collections.abc import Iterator
from itertools import permutations
from math import prod

import torch

from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.operations.star_is_matmul import alike, failed_in_star, plain, together
from pytorch_basics.mistakes.reading.flow import AXES, PARTS, SHAPES, a_number, learned, makers, sites


def broken() -> Answer:
    output = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
    target = torch.tensor([1.0, 2.0, 3.0])
    loss = ((output - target) ** 2).mean()
    return Answer(given=loss, expected=torch.tensor(0.0), args=(output, target))


def fixed() -> Answer:
    output = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
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


LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss")
PAIRED = ("sub", "__sub__", "rsub", "__rsub__", "eq", "ne", "__eq__", "__ne__", "mul", "__mul__", "subtract", "dist")


def signs(record: Record) -> Iterator[Sign]:
    """A loss or a metric of outputs and targets met every one of these with every one of those."""
    if not isinstance(record, RunRecord):
        return
    for _, site in sites(record, *LOSSES):
        if _every_pair(site):
            yield _pairs(record, site, "loss")
    for k, site in sites(record, *PAIRED):
        if _every_pair(site) and _column_and_row(site) and not _reshaped_here(record, site) and a_number(record, k):
            mine, theirs = (learned(record, one) for one in site.ins)
            compares = site.bare.strip("_") in ("eq", "ne")
            one, other = site.ins[:2]  # a target that a model had a part in, under no_grad, is a target as well
            apart = mine != theirs or one.requires_grad != other.requires_grad
            if apart or (compares and (mine or theirs)):
                yield _pairs(record, site, "comparison" if compares else "difference")


def _together(site: SiteRecord) -> tuple[int, ...]:
    try:
        return tuple(torch.broadcast_shapes(site.ins[0].shape, site.ins[1].shape))  # type: ignore[no-untyped-call]
    except RuntimeError:
        return ()


def _every_pair(site: SiteRecord) -> bool:
    """The result is larger than either side."""
    if len(site.ins) < 2:
        return False
    return prod(_together(site)) > max(prod(one.shape) for one in site.ins[:2])


def _column_and_row(site: SiteRecord) -> bool:
    """As many on both sides: each of the one has its partner on the other."""
    one, other = (one.shape for one in site.ins[:2])
    return prod(one) == prod(other) > 1 and [n for n in one if n > 1] == [n for n in other if n > 1]


def _reshaped_here(record: RunRecord, site: SiteRecord) -> bool:
    """Somebody lined an operand up on this very line, or both sides are the same values: all pairs are meant."""
    mine, theirs = (set(makers(record, one)) for one in site.ins[:2])
    direct = [record.sites[source] for one in site.ins[:2] for source in one.sources]
    here = any(made.place == site.place and made.bare in SHAPES | PARTS | AXES for made in direct)
    return here or bool(mine & theirs)


def _pairs(record: RunRecord, site: SiteRecord, what: str) -> Sign:
    one, other = site.ins[0], site.ins[1]
    result = _together(site)
    longer = 0 if len(one.shape) >= len(other.shape) else 1
    name = site.ins[longer].name or ("output", "target")[longer]
    short = site.ins[1 - longer].name or ("output", "target")[1 - longer]
    dim = next((k for k, n in enumerate(site.ins[longer].shape) if n == 1), -1)
    return Sign(
        place=site.place,
        seen=f"the {what} met `{one.shape}` with `{other.shape}` and gave `{result}`: every output with every target, "
        f"{prod(result)} numbers in place of {max(prod(one.shape), prod(other.shape))}.",
        instead=f"the same shape on both sides: `{name}.squeeze({dim})`, or `{short}.unsqueeze({dim})`",
        evidence=(
            f"line {site.place.line}: `{one.shape}` with `{other.shape}` gave `{result}` in {site.count} watched calls",
        ),
    )


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
    signs=signs,
)
