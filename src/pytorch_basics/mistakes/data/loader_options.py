"""A DataLoader is given options that exclude each other, or a data set without samples."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader, SubsetRandomSampler, TensorDataset

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

# PyTorch's words, the options to leave out, and why.
EXCLUDE: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "batch_sampler option is mutually exclusive",
        ("batch_size", "shuffle", "sampler", "drop_last"),
        "a batch sampler already says which indices make up each batch",
    ),
    ("sampler option is mutually exclusive", ("shuffle",), "a sampler already says in which order the samples come"),
    ("expected unspecified shuffle option", ("shuffle",), "an IterableDataset gives its samples in its own order"),
    ("expected unspecified sampler option", ("sampler",), "an IterableDataset gives its samples in its own order"),
    (
        "expected unspecified batch_sampler option",
        ("batch_sampler",),
        "an IterableDataset gives its samples in its own order",
    ),
    (
        "prefetch_factor option could only be specified",
        ("prefetch_factor",),
        "without workers nothing is fetched ahead",
    ),
    ("persistent_workers option needs num_workers > 0", ("persistent_workers",), "there are no workers to keep"),
    ("batch_size=None option disables auto-batching", ("drop_last", "shuffle"), "batch_size=None makes no batches"),
)
EMPTY = re.compile(r"num_samples should be a positive integer value, but got num_samples=0")
BATCH = re.compile(r"batch_size should be a positive integer value, but got batch_size=(.+)")


def broken() -> object:
    data = TensorDataset(torch.arange(6))
    return DataLoader(data, batch_size=2, shuffle=True, sampler=SubsetRandomSampler(range(4)))


def fixed() -> object:
    data = TensorDataset(torch.arange(6))
    return DataLoader(data, batch_size=2, sampler=SubsetRandomSampler(range(4)))


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words from the constructor of a loader or a sampler."""
    if (
        not isinstance(record, FailureRecord)
        or record.failing is None
        or record.place is None
        or record.kind not in ("ValueError", "TypeError")
    ):
        return
    step = record.failing
    for words, options, why in EXCLUDE:
        if words in record.message:
            given = [a for a in step.arguments if a.name in options]
            yield Sign(
                place=step.place,
                seen=f"`{step.text}` is given {_listed(given) or options[0]}, and {why}.",
                instead=_without(step, given),
                evidence=(record.message,),
            )
            return
    if EMPTY.search(record.message):
        yield from _empty(record, step)
    elif match := BATCH.search(record.message):
        given_size = step.argument(1, "batch_size")
        made = record.made(given_size) if given_size else None
        at = made.place if made is not None else step.place
        yield Sign(
            place=at,
            seen=f"`{step.text}` gets a batch_size of {match[1]}.",
            instead="a whole number of 1 or more: `//` divides without a remainder, `/` gives a float",
            evidence=(record.message,),
            also=(step.place,) if at.line != step.place.line else (),
        )


def _empty(record: FailureRecord, step: Step) -> Iterator[Sign]:
    data = step.argument(0, "dataset", "data_source")
    made = record.made(data)
    place = made.place if made is not None else step.place
    name = data.text if data else "the data set"
    yield Sign(
        place=place,
        seen=f"`{name}` has no samples: its length is 0, and there is nothing to shuffle.",
        instead=f"print len({name}) where it is made; a path, a pattern or a filter in "
        f"`{made.text if made else name}` matches nothing",
        evidence=(f"`len({name})` is 0",),
        also=(step.place,) if place.line != step.place.line else (),
    )


def _listed(given: list[Argument]) -> str:
    return " and ".join(f"`{a.name}={a.text}`" for a in given)


def _without(step: Step, given: list[Argument]) -> str:
    text = step.text
    for a in given:
        text = re.sub(rf",\s*{a.name}\s*=\s*{re.escape(a.text)}", "", text)
    return text


MISTAKE = Mistake(
    id="data.loader_options",
    code="",
    title="The options of a DataLoader can be combined freely",
    see="“sampler option is mutually exclusive with shuffle”, “num_samples should be a positive integer value, but got "
    "num_samples=0”.",
    why="Some options answer the same question: `shuffle=True` makes a sampler of its own, a `batch_sampler` "
    "decides on size and "
    "order at once. PyTorch does not choose between two answers.",
    instead="one of them: a sampler, or `shuffle=True`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
