"""T8: ``x[[0]]`` is taken for a view, as ``x[0]`` is one."""

import torch

from pytorch_basics.mistakes.memory import arrays_in, is_tensor, same_values
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake


def broken() -> Answer:
    x = torch.ones(3, 2)
    before = x.clone()
    x[[0, 2]].zero_()
    return Answer(given=x, expected=_rows_zero(), args=(before,), args_after=(x,))


def fixed() -> Answer:
    x = torch.ones(3, 2)
    before = x.clone()
    x[[0, 2]] = 0.0
    return Answer(given=x, expected=_rows_zero(), args=(before,), args_after=(x,))


def _rows_zero() -> torch.Tensor:
    return torch.tensor([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]])


def shown_by(evidence: Evidence) -> bool:
    """An input came back unchanged where some of its rows (or columns, or …) should have been written to."""
    if not isinstance(evidence, Answer):
        return False
    given, expected = evidence.given, evidence.expected
    if not is_tensor(given) or not is_tensor(expected) or given.is_complex() or expected.is_complex():
        return False
    if given.shape != expected.shape or given.device != expected.device:
        return False
    inputs = [x for x in arrays_in(evidence.args) if is_tensor(x)]
    untouched = any(same_values(x, given) for x in inputs)
    return untouched and not _moved_only(given, expected) and _some_slices_differ(given, expected)


def _moved_only(given: torch.Tensor, expected: torch.Tensor) -> bool:
    """The expected elements are the given ones in other places: that is not a lost write."""
    return same_values(given.flatten().sort().values, expected.flatten().sort().values)


def _some_slices_differ(given: torch.Tensor, expected: torch.Tensor) -> bool:
    """Along some dimension, whole slices differ and the other slices do not differ at all."""
    differs = given != expected
    if not bool(differs.any()) or bool(differs.all()):
        return False
    slices = (differs.movedim(dim, 0).reshape(size, -1) for dim, size in enumerate(differs.shape))
    return any(bool((rows.any(1) == rows.all(1)).all()) for rows in slices)


MISTAKE = Mistake(
    id="memory.index_list_is_view",
    code="T8",
    title="A list of positions gives a view, as one position does",
    see="You change `x[[0, 2]]` in place, no error comes, and `x` is as it was.",
    why="An index that is a list, a tensor of positions or a mask may pick elements in any order, so PyTorch "
    "always copies them. You changed the copy. Assigning, `x[[0, 2]] = …`, writes into `x` itself.",
    instead="`x[rows] = x[rows] * 2`, `x[rows] *= 2`, or a slice where one will do",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
