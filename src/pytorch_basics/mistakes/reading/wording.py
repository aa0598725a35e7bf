"""Words that rules over runs share: the learner's names of parameters and optimizers, and how often something was seen.

In go a record and positions in it; out comes text.
"""

from __future__ import annotations

from collections.abc import Iterable

from pytorch_basics.instruments.run.record import RunRecord

MOST = 3


def parameters(record: RunRecord, numbers: Iterable[int]) -> str:
    """``fc1.weight``, ``fc1.bias`` and 4 more; those without a name by their shape."""
    written = [_parameter(record, k) for k in dict.fromkeys(numbers)]
    more = len(written) - MOST
    if more > 0:
        return f"{', '.join(written[:MOST])} and {more} more"
    return " and ".join(filter(None, [", ".join(written[:-1]), *written[-1:]]))


def _parameter(record: RunRecord, k: int) -> str:
    one = record.parameters[k]
    return f"`{one.name}`" if one.name else f"a parameter of shape {one.shape}"


def optimizer(record: RunRecord, which: int | None) -> str:
    """The learner's name of an optimizer."""
    return (record.optimizers[which].name if which is not None else "") or "optimizer"


def times(count: int, of: int, what: str = "watched steps") -> str:
    """``7 of 8 watched steps``."""
    return f"all {of} {what}" if count == of else f"{count} of {of} {what}"
