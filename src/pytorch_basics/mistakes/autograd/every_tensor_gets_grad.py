"""A2: every tensor on the way is thought to get a ``.grad``; ``backward`` fills it for leaves only."""

# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for backward().

import warnings
from collections.abc import Iterator
from typing import Any

import torch

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.mistakes.autograd import grad_of, grad_was_none
from pytorch_basics.mistakes.autograd.assigned_parameter import stepped
from pytorch_basics.mistakes.memory import arrays_in
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.operations.star_is_matmul import alike, plain

WARNING = "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed"


def broken() -> Answer:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    doubled = 2 * x
    doubled.square().sum().backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # PyTorch only warns, and gives None
        kept = doubled.grad
    return Answer(given=(kept, x.grad), expected=(4 * x.detach(), 8 * x.detach()), args=(x,))


def fixed() -> Answer:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    doubled = 2 * x
    doubled.retain_grad()
    doubled.square().sum().backward()
    kept = doubled.grad
    return Answer(given=(kept, x.grad), expected=(4 * x.detach(), 8 * x.detach()), args=(x,))


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's warning; or, beside gradients that are right, a None where there should be one."""
    if isinstance(evidence, Raised):
        return evidence.message.startswith(WARNING)
    if not isinstance(evidence, Answer) or not any(
        _watched(x) for x in arrays_in((evidence.args, evidence.args_after))
    ):
        return False
    pairs = list(_pairs(evidence.given, evidence.expected))
    missing = [given is None and plain(expected) for given, expected in pairs]
    right = [plain(given) and plain(expected) and alike(given, expected) for given, expected in pairs]
    return any(missing) and any(right) and all(map(max, missing, right))


def _watched(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.requires_grad


def _pairs(given: Any, expected: Any) -> Iterator[tuple[Any, Any]]:
    """What stands in the same place of two tuples, lists or dicts."""
    if isinstance(given, dict) and isinstance(expected, dict):
        yield from ((given[key], expected[key]) for key in given.keys() & expected.keys())
    elif isinstance(given, (tuple, list)) and isinstance(expected, (tuple, list)):
        yield from zip(given, expected, strict=False)


def signs(record: Record) -> Iterator[Sign]:
    """The gradient of a computed tensor is None where a tensor was wanted; the line that computed it."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    found = grad_of(record) if grad_was_none(record) or record.message.startswith(WARNING) else None
    if found is None or found[1].value is None or not found[1].value.tensor or found[1].value.leaf:
        return
    name, made = found[1].text, record.made(found[1])
    if stepped(record, name) is not None or not found[1].value.requires_grad:
        return
    yield Sign(
        place=made.place if made is not None else record.place,
        seen=f"`{made.text if made else name}` gives a computed tensor, no leaf: `backward()` leaves no gradient in "
        f"`{name}`.",
        instead=leaf(made, name, found[1].value.dtype),
        evidence=(f"`{name}.is_leaf` is False, `{name}.grad` is None",),
        also=(record.place,) if made is not None and made.place.line != record.place.line else (),
    )


_DTYPES = {"double": "float64", "half": "float16", "bfloat16": "bfloat16", "float": "float32"}


def leaf(made: Step | None, name: str, dtype: str) -> str:
    """How to make the tensor so that it is a leaf: the dtype or device in its constructor, the watching last."""
    if made is None:
        return f"{name}.retain_grad() before backward()"
    cast = made.bare in (*_DTYPES, "to", "cuda", "type", "cpu")
    watched = "requires_grad=True" in made.text
    if not watched and ".requires_grad_()" not in made.text and not cast:
        return f"{name}.retain_grad() before backward(); or read `.grad` of the leaf it came from"
    inner = made.text.replace(".requires_grad_()", "").replace(", requires_grad=True", "")
    if watched and made.bare in _DTYPES and inner.endswith(f").{made.bare}()"):
        return f"{name} = {inner[: -len(f').{made.bare}()')]}, dtype=torch.{dtype}, requires_grad=True)"
    plain = made.kind == "call"
    return f"{name} = {inner}.requires_grad_()" if plain else f"{name} = ({inner}).requires_grad_()"


MISTAKE = Mistake(
    id="autograd.every_tensor_gets_grad",
    code="A2",
    title="After backward() every tensor has a .grad",
    see="`.grad` of a tensor that was computed on the way is None after `backward()`, with a warning that it is not a "
    "leaf.",
    why="Gradients flow through every tensor of the graph, but `backward()` keeps them only for leaves: the watched "
    "tensors that you made yourself. A copy made with `clone()` or `to()` is computed too, so it is no leaf.",
    instead="`h.retain_grad()` before `backward()`, for the tensor `h` on the way; or read `.grad` of the leaf it came "
    "from",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
