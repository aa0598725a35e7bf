"""When two outcomes of an exercise are the same, and if not, in what they differ.

In go what the learner's answer did and what the reference did on one case (``Returned`` with the result and the
arguments as the call left them, or ``Failed``), and the exercise's ``Same``; out comes one sentence on the first
difference, or None. Runs in the judge, on values that were rebuilt from plain data: nothing of the learner's
code (an ``__eq__``, a patched ``torch.equal``) is near. Over 300 lines, because every kind of difference has its own
sentence, and these are one list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from pytorch_basics.instruments.tensor.wording import caption
from pytorch_basics.language import say, say_count
from pytorch_basics.practice.codec import Opaque
from pytorch_basics.practice.exercise import Same

MOST_ELEMENTS = 20_000_000


@dataclass(frozen=True)
class Returned:
    """The call came back. ``args`` and ``kwargs`` are the arguments after it."""

    result: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """The call raised. ``kinds`` are the names of the exception's classes, its own first."""

    kinds: tuple[str, ...]
    message: str
    trace: str = ""
    lines: tuple[str, ...] = ()


Outcome = Returned | Failed


def difference(given: Outcome, expected: Outcome, same: Same) -> str | None:
    """The first difference as a sentence in which "it" is the learner's answer; None when there is none."""
    if isinstance(expected, Failed):
        return _not_raised(given, expected)
    if isinstance(given, Failed):
        return say("It raised {kind}: {message}", kind=given.kinds[0], message=given.message)
    found = _values(given.result, expected.result, same, say("it returned"))
    if found is None and same.arguments:
        found = _arguments(given, expected, same)
    if found is None and same.memory:
        found = _memory(given, expected)
    return found and found[0].upper() + found[1:] + "."


def alike(given: Outcome, other: Outcome, same: Same) -> bool:
    """Whether an answer did what a named wrong solution does; of two errors of a kind, also for the same reason.

    A reference is matched by the kind alone, because the words of an error are the learner's to choose. What is to be
    named must be the same: two ``RuntimeError``s may have nothing in common.
    """
    if isinstance(given, Failed) and isinstance(other, Failed):
        return given.kinds[0] == other.kinds[0] and _reason(given.message) == _reason(other.message)
    return difference(given, other, same) is None


def _reason(message: str) -> str:
    """An error's first line without names and numbers, which depend on what the learner calls things."""
    first = message.partition("\n")[0]
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+|\b\w+(\.\w+)+\b", "…", first)


def _not_raised(given: Outcome, expected: Failed) -> str | None:
    if isinstance(given, Returned):
        return say("It returned a value; here a {kind} should be raised.", kind=expected.kinds[0])
    if expected.kinds[0] in given.kinds:
        return None
    return say("It raised {kind} ({message}); here a {wanted} should be raised.",
               kind=given.kinds[0], message=given.message, wanted=expected.kinds[0])  # fmt: skip


def _arguments(given: Returned, expected: Returned, same: Same) -> str | None:
    for position, (mine, theirs) in enumerate(zip(given.args, expected.args, strict=True)):
        found = _values(mine, theirs, same, say("after the call, argument {name} is", name=position))
        if found:
            return say("its argument is not left as it should be: {found}", found=found)
    for name, theirs in expected.kwargs.items():
        found = _values(given.kwargs[name], theirs, same, say("after the call, argument {name} is", name=f"`{name}`"))
        if found:
            return say("its argument is not left as it should be: {found}", found=found)
    return None


def _values(given: Any, expected: Any, same: Same, where: str) -> str | None:
    if isinstance(expected, Opaque) or isinstance(given, Opaque):
        return None if given == expected else _another(where, kind(given), kind(expected))
    if isinstance(expected, (torch.Tensor, np.ndarray)):
        return _tensors(given, expected, same, where)
    if type(given) is not type(expected) and not _both_tuples(given, expected):
        return _another(where, kind(given), kind(expected))
    if isinstance(expected, (list, tuple)):
        return _sequences(given, expected, same, where)
    if isinstance(expected, dict):
        return _dicts(given, expected, same, where)
    if not same.values or _close(given, expected, same):
        return None
    return _another(where, short(given), short(expected))


def _another(where: str, given: object, expected: object) -> str:
    return say("{where} {given}; expected {expected}", where=where, given=given, expected=expected)


def _both_tuples(given: Any, expected: Any) -> bool:
    return isinstance(given, tuple) and isinstance(expected, tuple)  # torch.Size is a tuple


def _sequences(given: Any, expected: Any, same: Same, where: str) -> str | None:
    if len(given) != len(expected):
        return say_count("{where} {n} item; expected {expected}", "{where} {n} items; expected {expected}", len(given),
                         where=where, expected=len(expected))  # fmt: skip
    for index, (mine, theirs) in enumerate(zip(given, expected, strict=True)):
        found = _values(mine, theirs, same, say("{where} (at position {index})", where=where, index=index))
        if found:
            return found
    return None


def _dicts(given: dict[Any, Any], expected: dict[Any, Any], same: Same, where: str) -> str | None:
    if given.keys() != expected.keys():
        keys = {"given": list(given), "expected": list(expected)}
        return say("{where} the keys {given}; expected {expected}", where=where, **keys)
    for key, theirs in expected.items():
        found = _values(given[key], theirs, same, say("{where} (under {key})", where=where, key=repr(key)))
        if found:
            return found
    return None


def _tensors(given: Any, expected: Any, same: Same, where: str) -> str | None:
    if type(given) is not type(expected):
        return _another(where, kind(given), kind(expected))
    if tuple(given.shape) != tuple(expected.shape):
        shapes = {"given": tuple(given.shape), "expected": tuple(expected.shape)}
        return say("{where} the shape {given}; expected {expected}", where=where, **shapes)
    if same.dtype and given.dtype != expected.dtype:
        dtypes = {"given": _dtype(given), "expected": _dtype(expected)}
        return say("{where} the dtype {given}; expected {expected}", where=where, **dtypes)
    if same.strides and _strides(given) != _strides(expected):
        strides = {"given": _strides(given), "expected": _strides(expected)}
        return say("{where} the strides {given}; expected {expected}", where=where, **strides)
    if isinstance(given, np.ndarray):
        given, expected = as_tensor(given), as_tensor(expected)
    if given.device != expected.device:
        devices = {"given": given.device, "expected": expected.device}
        return say("{where} a tensor on {given}; expected one on {expected}", where=where, **devices)
    if same.grad:
        found = _grads(given, expected, same, where)
        if found:
            return found
    return _elements(given, expected, same, where) if same.values else None


def as_tensor(array: np.ndarray[Any, Any]) -> torch.Tensor:
    """A copy of the array as a tensor, also where PyTorch has not its byte order or its precision."""
    known = {"f": min(array.itemsize, 8), "c": min(array.itemsize, 16)}.get(array.dtype.kind, array.itemsize)
    return torch.from_numpy(array.astype(f"={array.dtype.kind}{known}", order="C"))


def _strides(value: Any) -> tuple[int, ...]:
    return tuple(value.stride() if isinstance(value, torch.Tensor) else value.strides)


def _grads(given: torch.Tensor, expected: torch.Tensor, same: Same, where: str) -> str | None:
    if given.requires_grad != expected.requires_grad:
        flags = {"given": given.requires_grad, "expected": expected.requires_grad}
        return say("{where} a tensor with requires_grad={given}; expected {expected}", where=where, **flags)
    if (given.grad is None) != (expected.grad is None):
        grads = {"given": kind(given.grad), "expected": kind(expected.grad)}
        return say("{where} a tensor whose .grad is {given}; expected {expected}", where=where, **grads)
    if expected.grad is not None:
        inside = say("{where} with .grad", where=where)
        return _tensors(given.grad, expected.grad, Same(rtol=same.rtol, atol=same.atol), inside)
    return None


def _elements(given: torch.Tensor, expected: torch.Tensor, same: Same, where: str) -> str | None:
    if given.device.type == "meta":
        return None  # there are no elements to compare
    if given.numel() > MOST_ELEMENTS:
        return say("{where} {count} elements, too many to compare", where=where, count=f"{given.numel():,}")
    differing = differs(given, expected, same)
    count = int(differing.sum())
    if not count:
        return None
    first = tuple(int(i) for i in differing.nonzero()[0])
    mine, theirs = two_numbers(given[first].item(), expected[first].item())
    if given.dim() == 0:
        return _another(where, mine, theirs)
    place = ", ".join(map(str, first))
    return say("{where} another value in {count} of {all} elements: the first at [{place}], {mine} instead of {theirs}",
               where=where, count=count, all=given.numel(), place=place, mine=mine, theirs=theirs)  # fmt: skip


def two_numbers(mine: Any, theirs: Any) -> tuple[str, str]:
    """Both in few digits, but in as many as it takes to tell them apart."""
    for digits in (4, 6, 9, 17):
        pair = [f"{x:.{digits}g}" if isinstance(x, float) else str(x) for x in (mine, theirs)]
        if pair[0] != pair[1]:
            break
    return pair[0], pair[1]


def differs(given: torch.Tensor, expected: torch.Tensor, same: Same) -> torch.Tensor:
    """A bool tensor of the same shape: True where two elements are not close. NaN equals NaN."""
    given, expected = given.detach(), expected.detach()
    if not (given.is_floating_point() or given.is_complex() or expected.is_floating_point()):
        return given != expected
    wide = torch.complex128 if given.is_complex() or expected.is_complex() else torch.float64
    return ~torch.isclose(given.to(wide), expected.to(wide), rtol=same.rtol, atol=same.atol, equal_nan=True)


def _close(given: Any, expected: Any, same: Same) -> bool:
    if isinstance(expected, (float, complex, np.inexact)):
        return bool(np.isclose(given, expected, rtol=same.rtol, atol=same.atol, equal_nan=True))
    return bool(given == expected)


def _memory(given: Returned, expected: Returned) -> str | None:
    mine, theirs = list(_leaves(given)), list(_leaves(expected))
    if len(mine) != len(theirs):
        return None  # the values or arguments were declared not to matter; nothing to pair
    for i, (name, first) in enumerate(mine):
        for j in range(i):
            other, second = mine[j]
            shares, should = overlap(first, second), overlap(theirs[i][1], theirs[j][1])
            if shares and not should:
                return say("{name} shares memory with {other}; it should have its own", name=name, other=other)
            if should and not shares:
                return say("{name} has its own memory; it should share that of {other}", name=name, other=other)
    return None


def _leaves(outcome: Returned) -> Iterator[tuple[str, Any]]:
    for position, value in enumerate(outcome.args):
        yield from _walk(value, say("argument {name}", name=position))
    for key, value in outcome.kwargs.items():
        yield from _walk(value, say("argument {name}", name=f"`{key}`"))
    yield from _walk(outcome.result, say("the result"))


def _walk(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (torch.Tensor, np.ndarray)):
        yield name, value
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _walk(item, f"{name}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, f"{name}[{key!r}]")


def overlap(first: Any, second: Any) -> bool:
    """Whether two tensors or arrays lie in the same memory (of meta tensors: False)."""
    (a, b), (c, d) = _span(first), _span(second)
    return a < d and c < b


def _span(value: Any) -> tuple[int, int]:
    if isinstance(value, torch.Tensor):
        if value.device.type == "meta":
            return 0, 0
        storage = value.untyped_storage()
        return storage.data_ptr(), storage.data_ptr() + storage.nbytes()
    while isinstance(value.base, np.ndarray):
        value = value.base
    low, high = np.lib.array_utils.byte_bounds(value)
    return (low, high) if value.size else (0, 0)


def kind(value: Any) -> str:
    """What a value is, in the learner's words: ``a tensor f32[2, 3]``, ``None``, ``a list``."""
    if value is None:
        return "None"
    if isinstance(value, torch.nn.Parameter):
        return say("a Parameter {shape}", shape=notation(value))
    if isinstance(value, torch.Tensor):
        return say("a tensor {shape}", shape=notation(value))
    if isinstance(value, np.ndarray):
        return say("a NumPy array {shape}", shape=notation(value))
    if isinstance(value, Opaque):
        return f"{value.text} ({value.type})"
    if isinstance(value, (bool, int, float, str, complex, np.generic, torch.dtype)):
        return f"{short(value)} ({type(value).__name__})"
    return say("a {type}", type=type(value).__name__)


def notation(value: Any) -> str:
    """A tensor's or an array's dtype and shape: ``f32[2, 3]``."""
    return caption(_dtype(value), tuple(value.shape))


def short(value: Any, width: int = 80) -> str:
    """The repr, cut to ``width`` characters."""
    text = repr(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def _dtype(value: Any) -> str:
    return str(value.dtype).removeprefix("torch.")
