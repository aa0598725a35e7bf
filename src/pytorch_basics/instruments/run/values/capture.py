"""Asks about the numbers in tensors at the few functions where a mistake shows in them.

In go a site and a call's tensors; out come smallest and largest numbers, the share of dead units, repeated draws and
values that are not finite, kept in the site's facts. A large tensor is asked at most ``MOST`` of its numbers.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import _C
from torch.nn import functional as F  # its name everywhere

from pytorch_basics.instruments.run.log import Fact, Site

MOST = 1 << 16
INS, OUTS, EDGE, DRAWS, LABELS, SUMS, INDICES, SIDES = 1, 2, 4, 8, 16, 32, 64, 128
_LOOKS_ALWAYS = 16  # then every eighth call
Tensor = torch.Tensor

_LOSSES = (
    *("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "mse_loss", "l1_loss"),
    *("smooth_l1_loss", "huber_loss", "kl_div", "gaussian_nll_loss", "poisson_nll_loss", "hinge_embedding_loss"),
    *("margin_ranking_loss", "soft_margin_loss", "multilabel_soft_margin_loss", "cosine_embedding_loss"),
    *("multi_margin_loss", "multilabel_margin_loss", "triplet_margin_loss", "ctc_loss"),
)
_COMPARED = ("gt", "lt", "ge", "le", "eq", "ne", "__gt__", "__lt__", "__ge__", "__le__", "__eq__", "__ne__", "round")
_EDGES = (
    *("sqrt", "rsqrt", "log", "log2", "log10", "log1p", "div", "true_divide", "__truediv__", "__rtruediv__", "pow"),
    *("__pow__", "reciprocal", "exp", "norm", "std", "acos", "asin", "div_", "sqrt_", "log_", "exp_", "float_power"),
    *("cdist", "normalize", "cosine_similarity", "pairwise_distance", "atan2", "logit", "acosh", "erfinv", "var"),
)
_SQUASHED = ("sigmoid", "softmax", "log_softmax", "tanh", "relu", "relu_", "leaky_relu", "sign", "sgn", "clamp")
_DRAWN = (
    *("rand", "randn", "randint", "randperm", "normal_", "uniform_", "bernoulli", "rand_like", "randn_like"),
    *("normal", "multinomial", "dropout", "bernoulli_", "random_"),
)


def _found(names: tuple[str, ...]) -> set[Any]:
    homes = (Tensor, torch, F, torch.linalg, torch.special)
    return {getattr(home, name) for home in homes for name in names if hasattr(home, name)}


_LOOK: dict[Any, int] = {}
for _names, _flag in (
    (_LOSSES, INS | OUTS | LABELS),
    (("nll_loss", "kl_div"), SUMS),
    (("embedding",), INDICES),
    (("sub", "rsub", "__sub__", "__rsub__"), SIDES),
    (_COMPARED, INS),
    (_EDGES, INS | EDGE),
    (_SQUASHED, INS | OUTS),
    (_DRAWN, DRAWS),
):
    for _func in _found(_names):
        _LOOK[_func] = _LOOK.get(_func, 0) | _flag


LOSSES = _found(_LOSSES)


def flags(func: Any) -> int:
    """What is to be asked of the numbers at calls of ``func``."""
    return _LOOK.get(func, 0)


def look(site: Site, given: list[Any], outs: list[Any]) -> None:
    """Ask about the numbers of one call."""
    site.looks += 1
    if site.looks > _LOOKS_ALWAYS and site.looks % 8:
        return
    if site.look & INS:
        for fact, tensor in zip(site.ins, given, strict=False):
            extremes(fact, tensor)
    if site.look & OUTS and outs and site.outs:
        extremes(site.outs[0], outs[0])
        if site.outs[0].low == 0 and outs[0].ndim > 1 and site.looks % 4 == 1:
            site.outs[0].dead = dead(outs[0])
    if site.look & LABELS and len(given) > 1 and len(site.ins) > 1:
        labels(site.ins[1], given[1])
    if site.look & SIDES and len(given) == 2 and given[0].requires_grad != given[1].requires_grad:
        for fact, tensor in zip(site.ins, given, strict=False):  # an output and its target, perhaps
            extremes(fact, tensor)
    if site.look & INDICES and given and site.ins:
        labels(site.ins[0], given[0])
    if site.look & SUMS and len(given) > 1 and len(site.ins) > 1:
        sums(site.ins[0], given[0], 1 if site.func is F.nll_loss else None, True)
        sums(site.ins[1], given[1], None, ("log_target", True) in site.plain)
    if site.look & EDGE and outs and not finite(outs[0]) and all(map(finite, given)):
        site.nonfinite += 1
    if site.look & DRAWS and outs and outs[0].numel() >= 4 and not outs[0].is_meta:
        drawn = outs[0].detach().reshape(-1)[:8].tolist()
        site.repeats += drawn in site.drawn
        site.drawn = (drawn, *site.drawn[:1])  # a loader draws its order in two calls


def sample(tensor: Any) -> Any:
    """At most ``MOST`` of its numbers, evenly spread; detached."""
    flat = tensor.detach().reshape(-1)
    return flat if flat.numel() <= MOST else flat[:: -(-flat.numel() // MOST)]


def _numbers(tensor: Any) -> bool:
    return tensor.numel() > 0 and tensor.layout is torch.strided and not tensor.is_complex() and not tensor.is_meta


def extremes(fact: Fact, tensor: Any) -> None:
    """The smallest and the largest number so far, and the one nearest to 0."""
    if not _numbers(tensor) or tensor.dtype is torch.bool:
        return
    part = sample(tensor)
    low, high = (float(one) for one in part.aminmax())
    fact.low = low if fact.low is None or low < fact.low else fact.low
    fact.high = high if fact.high is None or high > fact.high else fact.high
    near = low if low > 0 else -high if high < 0 else float(part.abs().min())
    fact.near = near if fact.near is None or near < fact.near else fact.near


def labels(fact: Fact, tensor: Any) -> None:
    """Of a target of whole numbers: how often its most frequent one occurs, and whether they stand in order."""
    if not _numbers(tensor) or tensor.numel() < 4 or tensor.numel() > MOST or tensor.dtype is torch.bool:
        return
    flat = tensor.detach().reshape(-1)
    if flat.is_floating_point() and not bool((flat == flat.round()).all()):
        return
    fact.asked += 1
    fact.ordered += bool((flat[1:] >= flat[:-1]).all())
    if len(fact.spans) < 64:
        fact.spans.add((float(flat[0]), float(flat[-1])))
    values, counts = flat.unique(return_counts=True)
    most = int(counts.argmax())
    found = float(values[most]), float(counts[most]) / flat.numel()
    if fact.often is None or fact.asked == 1:
        fact.often = found if fact.asked == 1 else None
    else:
        fact.often = (found[0], min(found[1], fact.often[1])) if found[0] == fact.often[0] else None


def sums(fact: Fact, tensor: Any, dim: int | None, logs: bool) -> None:
    """The smallest and the largest sum over the classes; where their dimension is not known, over the one along which
    the sums come nearest to 1."""
    if not _numbers(tensor) or not tensor.is_floating_point() or tensor.numel() > MOST or tensor.ndim == 0:
        return
    numbers = tensor.detach().double()
    numbers = numbers.exp() if logs else numbers
    dims = range(tensor.ndim) if dim is None else (min(dim, tensor.ndim - 1),)
    totals = [numbers.sum(k) for k in dims]
    totals = [total[total != 0] for total in totals]  # a row of zeros is one that is left out on purpose
    if any(total.numel() == 0 for total in totals):
        return
    found = [tuple(float(one) for one in total.aminmax()) for total in totals]
    low, high = min(found, key=lambda pair: max(abs(pair[0] - 1), abs(pair[1] - 1)))
    fact.sums = (low, high) if fact.sums is None else (min(low, fact.sums[0]), max(high, fact.sums[1]))


def spread(tensor: Any) -> tuple[float, ...]:
    """Mean, standard deviation, smallest and largest number; nothing for a tensor that has none of these."""
    if not _numbers(tensor) or not tensor.is_floating_point():
        return ()
    part = sample(tensor).double()
    low, high = part.aminmax()
    return float(part.mean()), float(part.std(correction=0)), float(low), float(high)


def dead(tensor: Any) -> float:
    """The share of units (channels of an image, else the last dimension) that are 0 for every row."""
    kept = 1 if tensor.ndim in (3, 4, 5) else tensor.ndim - 1
    around = [k for k in range(tensor.ndim) if k != kept]
    return float((tensor.detach().amax(dim=around) == 0).double().mean())


def finite(tensor: Any) -> bool:
    """Whether all its numbers are (asked of a sample); so is what has no such numbers."""
    if not isinstance(tensor, Tensor) or not _numbers(tensor) or not tensor.is_floating_point():
        return True
    return bool(torch.isfinite(sample(tensor)).all())


_FAKE = _C._TorchDispatchModeKey.FAKE


def recorded() -> bool:
    """Whether PyTorch records what runs (``jit.trace``, ``export``): then tensors stand for others, and reading one
    would become part of the recording."""
    return _C._get_dispatch_mode(_FAKE) is not None or _C._get_tracing_state() is not None
