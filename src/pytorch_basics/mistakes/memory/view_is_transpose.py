"""T5: ``view(3, 2)`` is taken for a transpose."""

from collections.abc import Iterator
from itertools import permutations

import torch

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.memory import arrays_in, is_tensor, same_values
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import after_views, sites

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


def signs(record: Record) -> Iterator[Sign]:
    """A ``view`` or ``reshape`` whose result has the old sizes in another order."""
    if not isinstance(record, RunRecord):
        return
    for k, site in sites(record, "view", "reshape", "view_as", "reshape_as"):
        before, after = (site.ins[0].shape, site.outs[0].shape) if site.ins and site.outs else ((), ())
        if len(before) != len(after) or sorted(before) != sorted(after) or not _moved(before, after):
            continue
        if _undone(record, k, before):
            continue
        order = _order(before, after)
        name = site.ins[0].name or "x"
        yield Sign(
            place=site.place,
            seen=f"`{site.bare}` made `{after}` of `{before}`: the same sizes in another order. The elements stay in "
            "reading order, so none stands where its axis went.",
            instead=f"`{name}.permute({', '.join(map(str, order))})`",
            evidence=(
                f"line {site.place.line}: `{before}` became `{after}` in {site.count} watched calls; "
                f"`{name}.flatten()` is the same before and after, which no exchange of axes leaves as it is",
            ),
            sure=len([n for n in before if n > 1]) > 2,
        )


def _moved(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """An axis of more than one entry has gone past another."""
    return [n for n in before if n > 1] != [n for n in after if n > 1]


def _undone(record: RunRecord, k: int, before: tuple[int, ...]) -> bool:
    """Later on another view gives the old shape back: the reading order was meant."""
    later = [record.sites[j] for j in after_views(record, k)]
    return any(one.outs and one.outs[0].shape == before for one in later)


def _order(before: tuple[int, ...], after: tuple[int, ...]) -> list[int]:
    left = list(enumerate(before))
    found = []
    for size in after:
        k, pair = next((k, pair) for k, pair in enumerate(left) if pair[1] == size)
        found.append(pair[0])
        del left[k]
    return found


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
    signs=signs,
)
