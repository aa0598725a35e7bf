"""A view of the weights (``numpy()``, ``detach()``, ``.data``) is kept as if it were a snapshot."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import nn

from pytorch_basics.instruments.run.record import EventRecord, RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.wording import parameters

COMPARES = {"sub", "__sub__", "__rsub__", "eq", "__eq__", "ne", "__ne__", "equal", "allclose", "isclose", "dist"}


def _train(copied: bool) -> float:
    with torch.random.fork_rng():
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        before = model.weight.detach().numpy()
        before = before.copy() if copied else before
        for _ in range(5):
            optimizer.zero_grad()
            model(torch.ones(3, 2)).square().mean().backward()
            optimizer.step()
        return float(abs(model.weight.detach().numpy() - before).sum())


def broken() -> float:
    return _train(copied=False)


def fixed() -> float:
    return _train(copied=True)


def signs(record: Record) -> Iterator[Sign]:
    """A view of parameters that was still held after steps had written into them."""
    if not isinstance(record, RunRecord):
        return
    steps = [e.order for e in record.of("step")]
    for kind in ("numpy", "alias"):
        events = [e for e in record.of(kind) if own(e.place) and e.numbers]
        for place in dict.fromkeys(e.place for e in events):
            mine = [e for e in events if e.place == place]
            outlived = [e for e, later in pairwise(mine) if _outlives(e, later, steps)]
            if outlived:
                yield _sign(record, outlived, several=True)
            elif len(mine) == 1 and mine[0].numbers[0] >= 2 and (kind == "numpy" or _compared(record, mine[0])):
                yield _sign(record, mine, several=False)


def _outlives(event: EventRecord, later: EventRecord, steps: list[int]) -> bool:
    """Held longer than until the next one was made on this line, of the same parameter."""
    between = sum(event.order < order < later.order for order in steps)
    return event.parameters == later.parameters and later.steps > event.steps and event.numbers[0] > max(between, 1)


def _compared(record: RunRecord, event: EventRecord) -> bool:
    """Whether it is compared with the parameter that it is a view of."""
    views = {
        k
        for k, site in enumerate(record.sites)
        if site.bare in ("detach", "data") and site.ins and site.ins[0].parameter in event.parameters
    }
    here = {k for k in views if record.sites[k].place == event.place}
    for site in record.sites:
        if site.bare in COMPARES and len(site.ins) == 2 and any(here & set(one.sources) for one in site.ins):
            other = next((one for one in site.ins if not here & set(one.sources)), None)
            if other is None or other.parameter in event.parameters or views & set(other.sources):
                return True
    return False


def _sign(record: RunRecord, events: list[EventRecord], several: bool) -> Sign:
    event = events[0]
    names = parameters(record, event.parameters)
    alike = (
        "all of them show the same numbers, the last"
        if several
        else "it shows the new numbers, not those of this moment"
    )
    copied = "numpy().copy()" if event.kind == "numpy" else "detach().clone()"
    return Sign(
        place=event.place,
        seen=f"What is kept here shares the memory of {names}: after a step {alike}.",
        instead=f"`….{copied}`: `{_copied(event.place.text, event.kind)}`",
        evidence=(
            f"It was still held after {round(max(e.numbers[0] for e in events))} watched steps had written into "
            f"{names}.",
        ),
        sure=several,
    )


def _copied(text: str, kind: str) -> str:
    if kind == "numpy":
        return text.replace(".numpy()", ".numpy().copy()")
    return text.replace(".detach()", ".detach().clone()").replace(".data", ".detach().clone()")


MISTAKE = Mistake(
    id="memory.view_of_weights_kept",
    code="",
    title="numpy() and detach() copy the weights",
    see="The weights kept before the training equal those after it: nothing seems to have moved. No error.",
    why="`numpy()`, `detach()` and `.data` give the same memory. `optimizer.step()` writes into it, and what was kept "
    "changes too.",
    instead="`before = layer.weight.detach().clone()`, or `….numpy().copy()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
