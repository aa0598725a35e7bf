"""A ``DistributedSampler`` that is never told the epoch gives the same order in each."""

# mypy: disable-error-code="arg-type, var-annotated"
# A range is as good as a data set here, and reads better.

from __future__ import annotations

from torch.utils.data import DistributedSampler

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake


def broken() -> Answer:
    sampler = DistributedSampler(range(12), num_replicas=2, rank=0)
    orders = []
    for _ in range(2):
        orders.append(list(sampler))
    return Answer(given=orders, expected=_orders())


def fixed() -> Answer:
    sampler = DistributedSampler(range(12), num_replicas=2, rank=0)
    orders = []
    for epoch in range(2):
        sampler.set_epoch(epoch)
        orders.append(list(sampler))
    return Answer(given=orders, expected=_orders())


def _orders() -> list[list[int]]:
    sampler = DistributedSampler(range(12), num_replicas=2, rank=0)
    first = list(sampler)
    sampler.set_epoch(1)
    return [first, list(sampler)]


def shown_by(evidence: Evidence) -> bool:
    """The order of the first epoch comes again where others are expected."""
    if not isinstance(evidence, Answer):
        return False
    given, expected = evidence.given, evidence.expected
    if not _are_orders(given) or not _are_orders(expected) or len(given) != len(expected):
        return False
    return given[0] == expected[0] and given != expected and all(order == given[0] for order in given)


def _are_orders(value: object) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    return all(isinstance(order, list) and all(type(index) is int for index in order) for order in value)


MISTAKE = Mistake(
    id="scaling.same_order_every_epoch",
    code="",
    title="A DistributedSampler shuffles anew in each epoch",
    see="No error. Every epoch brings the same rows to the same process, in the same order and in the same batches.",
    why="All processes must shuffle alike without speaking to each other. So each starts a generator with the same "
    "seed: `seed + epoch`. The sampler cannot know the epoch; until you say it, it is 0.",
    instead="`sampler.set_epoch(epoch)` at the beginning of each epoch, in every process",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
