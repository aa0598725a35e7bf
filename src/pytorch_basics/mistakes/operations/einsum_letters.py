"""The letters of an einsum do not fit the shapes: too few, too many, or one letter for two sizes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import torch

from pytorch_basics.instruments.failure.reading import sizes
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Shape
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

MOST = 5  # letters of an operand that are tried in other orders


def broken() -> object:
    queries, keys = torch.rand(2, 5, 4), torch.rand(2, 7, 4)
    return torch.einsum("bqd,bdk->bqk", queries, keys)


def fixed() -> object:
    queries, keys = torch.rand(2, 5, 4), torch.rand(2, 7, 4)
    return torch.einsum("bqd,bkd->bqk", queries, keys)


def signs(record: Record) -> Iterator[Sign]:
    """An einsum was refused, and one operand has other dimensions or sizes than its letters say."""
    if not isinstance(record, FailureRecord) or record.failing is None or record.place is None:
        return
    if record.failing.bare != "einsum" or "einsum()" not in record.message:
        return
    asked = record.operands[0] if record.operands else None
    equation = asked.value.plain if asked is not None and asked.value is not None else None
    given = [a for a in record.operands[1:] if a.value is not None and a.value.tensor]
    if asked is None or not isinstance(equation, str) or "." in equation or len(given) != len(record.operands) - 1:
        return
    left, arrow, right = equation.replace(" ", "").partition("->")
    letters, shapes = left.split(","), [a.value.shape for a in given if a.value is not None]
    if len(letters) != len(shapes):
        return
    wrong = _wrong(letters, shapes, given)
    if not wrong:
        return
    fitting = _fitting(letters, shapes)
    new = f"{','.join(fitting)}{arrow}{right}" if fitting else ""
    yield Sign(
        place=record.place,
        seen=wrong,
        instead=record.failing.text.replace(equation, new, 1)
        if new and equation in record.failing.text
        else "one letter for each dimension, and the same letter only for dimensions of one size",
        evidence=tuple(
            f"`{a.text}` has shape {sizes(of)} and the letters `{named}`"
            for a, of, named in zip(given, shapes, letters, strict=True)
        ),
        sure=bool(new) or any(len(a) != len(b) for a, b in zip(letters, shapes, strict=True)),
    )


def _wrong(letters: list[str], shapes: list[Shape], given: list[Argument]) -> str:
    """What does not fit, in a sentence."""
    known: dict[str, tuple[int, str]] = {}
    for named, of, one in zip(letters, shapes, given, strict=True):
        if len(named) != len(of):
            return (
                f"`{one.text}` has {len(of)} dimensions, {sizes(of)}, and the equation gives it {len(named)} letters, "
                f"`{named}`."
            )
        for letter, size in zip(named, of, strict=True):
            before = known.setdefault(letter, (size, one.text))
            if before[0] != size and 1 not in (before[0], size):
                return (
                    f"`{letter}` stands for {before[0]} in `{before[1]}` and for {size} in `{one.text}`, which has "
                    f"shape {sizes(of)}."
                )
    return ""


def _fitting(letters: list[str], shapes: list[Shape]) -> list[str]:
    """The letters with those of one operand in another order, where just one order fits."""
    found = []
    for k, named in enumerate(letters):
        for other in set(permutations(named)) if len(named) <= MOST else ():
            tried = [*letters[:k], "".join(other), *letters[k + 1 :]]
            if tried != letters and _fits(tried, shapes):
                found.append(tried)
    return found[0] if len(found) == 1 else []


def _fits(letters: list[str], shapes: list[Shape]) -> bool:
    known: dict[str, int] = {}
    pairs = [(a, n) for named, of in zip(letters, shapes, strict=True) for a, n in zip(named, of, strict=False)]
    same = all(len(named) == len(of) for named, of in zip(letters, shapes, strict=True))
    return same and all(known.setdefault(letter, size) == size for letter, size in pairs)


MISTAKE = Mistake(
    id="operations.einsum_letters",
    code="",
    title="The letters of an einsum find their dimensions",
    see="“einsum(): subscript d has size 7 for operand 1 which does not broadcast with previously seen size 4”, or "
    "“the number of subscripts in the equation does not match the number of dimensions”.",
    why="Letters are counted off against dimensions from the left, one for each. A letter that occurs twice says that "
    "the two dimensions have one size.",
    instead="the letters in the order of each operand's dimensions: print its shape beside them",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
