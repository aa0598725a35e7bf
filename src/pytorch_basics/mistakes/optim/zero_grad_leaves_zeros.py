"""O5: after ``zero_grad()`` the gradients are taken for zeros."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import re
from collections.abc import Iterator
from typing import Any

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake
from pytorch_basics.mistakes.operations.star_is_matmul import plain

READS_GRAD = re.compile(r"\.grad\b")


def broken() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    (w**2).sum().backward()
    optimizer.zero_grad()
    return Answer(given=w.grad, expected=torch.zeros(2), args=(w,))


def fixed() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    (w**2).sum().backward()
    optimizer.zero_grad()
    size = torch.zeros(2) if w.grad is None else w.grad
    return Answer(given=size, expected=torch.zeros(2), args=(w,))


def shown_by(evidence: Evidence) -> bool:
    """``.grad`` was read where it is None; or zeros stand where None belongs, or None where zeros were expected."""
    if not isinstance(evidence, Answer):
        read_none = evidence.kind in ("AttributeError", "TypeError") and "NoneType" in evidence.message
        return read_none and any(READS_GRAD.search(line) for line in evidence.lines[-1:])
    pairs = _pairs(evidence.given, evidence.expected)
    return any((a is None and _zeros(b)) or (b is None and _zeros(a)) for a, b in pairs)


def _pairs(a: Any, b: Any) -> Iterator[tuple[Any, Any]]:
    """What stands at the same place in two values."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in a.keys() & b.keys():
            yield from _pairs(a[key], b[key])
    elif isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        for one, other in zip(a, b, strict=False):
            yield from _pairs(one, other)
    else:
        yield a, b


def _zeros(value: Any) -> bool:
    return plain(value) and value.numel() > 0 and not bool(value.any())


MISTAKE = Mistake(
    id="optim.zero_grad_leaves_zeros",
    code="O5",
    title="zero_grad() leaves zeros in .grad",
    see="`.grad` is None after `zero_grad()`, as it is before the first `backward()`, and code that reads it fails: an "
    "AttributeError or a TypeError about 'NoneType'.",
    why="`zero_grad()` drops the gradients: `.grad` becomes None, which frees their memory. None means that no "
    "gradient has arrived. A zero is a gradient like any other: with momentum it still moves a parameter.",
    instead="`if p.grad is not None:` before you read it; `zero_grad(set_to_none=False)` where you do want zeros",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
