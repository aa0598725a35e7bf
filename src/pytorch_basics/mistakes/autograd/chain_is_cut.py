"""A7: a step between the parameters and the loss has left the graph, and ``backward`` finds no way back."""

# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for backward().

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import EventRecord, RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.reading.flow import before, own, sites, trained
from pytorch_basics.mistakes.reading.left_the_graph import left

REFUSALS = re.compile(
    r"element \d+ of tensors does not require grad and does not have a grad_fn"
    r"|[Oo]ne of the differentiated Tensors (does not require grad|appears to not have been used in the graph)"
    r"|differentiated Tensor at index \d+ appears to not have been used in the graph"
)
# `.item()`, `.tolist()` and `.numpy()` give plain numbers, which have no way back at all.
NUMBERS = re.compile(r"'(float|int|list|numpy\.\w+)' object has no attribute 'backward'")


def broken() -> Answer:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    loss = w.detach().square().sum()
    loss.backward()
    return Answer(given=w.grad, expected=2 * w.detach())


def fixed() -> Answer:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    loss = w.square().sum()
    loss.backward()
    return Answer(given=w.grad, expected=2 * w.detach())


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's refusals to go back from, or to, a tensor that has no history; Python's to go back from a number."""
    if not isinstance(evidence, Raised):
        return False
    if evidence.kind == "AttributeError":
        return bool(NUMBERS.search(evidence.message))
    return bool(REFUSALS.search(evidence.message))


REBUILT = ("tensor", "as_tensor", "from_numpy", "FloatTensor", "Tensor", "requires_grad_", "Parameter")
TO_NUMBERS = ("item", "numpy", "tolist", "detach", "data", "__array__", "__float__")
STEPS = 3


def signs(record: Record) -> Iterator[Sign]:
    """A backward pass from a tensor without a history; or parameters that took part and that none ever reaches."""
    if isinstance(record, FailureRecord):
        yield from left(record)
    if not isinstance(record, RunRecord):
        return
    rebuilt = [event for event in record.of("backward") if _of_strangers(record, event)]
    told: set[int] = set()
    for event in rebuilt:
        site = event.site
        if site is None or site in told or not own(event.place) or not _worked_before(record, event.order):
            continue
        told.add(site)
        yield from _from_nowhere(record, site, event.place, len([one for one in rebuilt if one.site == site]))
    if not told:
        yield from _never_reached(record)


def _of_strangers(record: RunRecord, event: EventRecord) -> bool:
    """It reached leaves of no model or optimizer, and no pass ever reached any of theirs."""
    if event.site is None or not event.parameters:
        return False
    if any(record.parameters[p].optimizers or record.parameters[p].model is not None for p in event.parameters):
        return False
    held = [p for p in record.parameters if p.optimizers and p.requires_grad]
    return bool(held) and not any(p.backwards for p in held)


def _worked_before(record: RunRecord, order: int) -> bool:
    """Something was computed from parameters before, with grad mode on, so there was a history to lose."""
    return any(
        site.first < order and site.graded and any(out.requires_grad for out in site.outs) and len(site.ins) > 1
        for site in record.sites
    )


def _from_nowhere(record: RunRecord, root: int, place: Place, times: int) -> Iterator[Sign]:
    behind = before(record, (root,))
    lost = [record.sites[k] for k in behind if _cuts(record.sites[k])]
    if any(_loses(record.sites[k]) and not record.sites[k].graded for k in behind):
        return  # grad mode was off: another mistake
    leaves = [k for k in behind if record.sites[k].bare in REBUILT and record.sites[k].outs[:1]]
    made = record.sites[max((k for k in leaves if record.sites[k].outs[0].requires_grad), default=root)]
    cut = max(lost, key=lambda site: site.last, default=made)
    numbers = [
        site.place
        for _, site in sites(record, *TO_NUMBERS)
        if site.place.function == cut.place.function
        and site.first < made.last
        and any(i.requires_grad for i in site.ins)
    ]
    yield Sign(
        place=cut.place,
        seen=f"`{cut.bare}` gave a tensor without a history, and `backward()` started from there: it reached no "
        "parameter of the model.",
        instead="the tensors themselves all the way to `loss.backward()`; no `.item()`, `.numpy()`, `.detach()` or new "
        "`torch.tensor(…)` between the model and the loss",
        evidence=(f"line {place.line}: `backward()` reached no parameter in {times} of {times} watched passes",),
        also=(*numbers, place),
    )


def _loses(site: SiteRecord) -> bool:
    """Something with a history went in, and nothing with one came out."""
    return (
        bool(site.outs) and any(one.requires_grad for one in site.ins) and not any(o.requires_grad for o in site.outs)
    )


def _cuts(site: SiteRecord) -> bool:
    return _loses(site) and site.graded == site.count and own(site.place)


def _never_reached(record: RunRecord) -> Iterator[Sign]:
    """Parameters that an optimizer holds, that went into the model, and that a cut keeps every backward pass from."""
    if len(record.of("backward")) < STEPS:
        return
    lost = {
        k
        for k, p in enumerate(record.parameters)
        if p.optimizers and p.requires_grad and p.none >= STEPS and not p.backwards
    }
    if not lost:
        return
    trains = trained(record)
    for k, site in enumerate(record.sites):
        if (
            k not in trains
            or not _cuts(site)
            or site.bare not in (*TO_NUMBERS, "argmax", "gt", "lt", "ge", "le", "eq", "ne")
        ):
            continue
        behind = before(record, (k,))
        used = {one.parameter for j in behind for one in record.sites[j].ins if one.parameter is not None} & lost
        if used:
            names = ", ".join(f"`{record.parameters[p].name}`" for p in sorted(used)[:3])
            yield Sign(
                place=site.place,
                seen=f"`{site.bare}` leaves the graph between these parameters and the loss: {names}"
                f"{' and others' if len(used) > 3 else ''}. No backward pass reaches them.",
                instead=f"the tensor itself, without `{site.bare}`",
                evidence=(
                    f"{names}: no gradient in {record.parameters[min(used)].none} of {record.watched} watched steps",
                ),
                sure=lost == {p for one in record.optimizers for p in one.parameters},
            )
            return


MISTAKE = Mistake(
    id="autograd.chain_is_cut",
    code="A7",
    title="The way back to the parameters is always there",
    see="`backward()` says that element 0 of tensors does not require grad and does not have a grad_fn; or Python "
    "says that a float has no attribute `backward`.",
    why="Between the parameters and the loss, one step was not recorded: `detach()`, `.data`, `torch.no_grad()`, "
    "`.item()`, `.numpy()`, a new `torch.tensor(…)` made from old numbers; or no tensor was watched to begin with.",
    instead="`requires_grad_()` on the parameters, tensors all the way to `loss.backward()`, and `loss.item()` only "
    "after it, for printing",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
