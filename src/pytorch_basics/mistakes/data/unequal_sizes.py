"""A loader is to make one batch of samples that differ in size."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader

from pytorch_basics.instruments.failure.record import FailureRecord, Shape, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.loaders import dataset, drawing, every_origin, loader

STACK = re.compile(
    r"stack expects each tensor to be equal size, but got \[([\d, ]*)\] at entry 0 and \[([\d, ]*)\] at entry (\d+)"
)
IN_WORKER = "Trying to resize storage that is not resizable"  # what a worker says, which stacks into shared memory
LISTS = "each element in list of batch should be of equal size"


def broken() -> object:
    words = [torch.tensor([3, 1, 2]), torch.tensor([5, 4])]
    return list(DataLoader(words, batch_size=2))  # type: ignore[arg-type]  # a list is a data set


def fixed() -> object:
    words = [torch.tensor([3, 1, 2]), torch.tensor([5, 4])]
    pad = torch.nn.utils.rnn.pad_sequence
    return list(DataLoader(words, batch_size=2, collate_fn=lambda batch: pad(batch, batch_first=True)))  # type: ignore[arg-type]  # as above


def signs(record: Record) -> Iterator[Sign]:
    """The default collate function could not stack the samples of a batch."""
    if not isinstance(record, FailureRecord) or record.place is None or not drawing(record):
        return
    match = STACK.search(record.message)
    in_worker = IN_WORKER in record.message and bool(record.worker)
    if match is None and not in_worker and LISTS not in record.message:
        return
    a, b = (_shape(match[1]), _shape(match[2])) if match else ((), ())
    made, given = loader(record), _returned(record)
    images = len(a) == 3 and len(b) == 3
    sequences = not images and not in_worker and (not a or a[1:] == b[1:])
    at = given if given is not None and not (sequences and made is not None) else made or given
    place = at.place if at is not None else record.place
    seen = f"One sample has shape {list(a)}, another {list(b)}" if match else "The samples have different sizes"
    yield Sign(
        place=place,
        seen=f"{seen}; the loader stacks the samples of a batch into one tensor, which wants one size.",
        instead=_instead(a, b, images, made, given, dataset(record)),
        evidence=(f"sample 0 of this batch: {list(a)}, sample {match[3]}: {list(b)}",) if match else (record.message,),
        also=tuple(s.place for s in (given, made) if s is not None and s is not at),
    )


def _shape(text: str) -> Shape:
    return tuple(int(size) for size in text.split(",") if size.strip())


def _returned(record: FailureRecord) -> Step | None:
    """The ``return`` of the data set."""
    return next(
        (s for s in every_origin(record) if s.kind == "return" and s.place.function.endswith("__getitem__")), None
    )


def _instead(a: Shape, b: Shape, images: bool, made: Step | None, given: Step | None, name: str) -> str:
    loading = f"{made.text[:-1]}, collate_fn=…)" if made is not None else "DataLoader(…, collate_fn=…)"
    if images and a[0] != b[0]:
        return (
            "all with the same number of channels before they are returned: image.convert('RGB'), not "
            f"{a[0]} and {b[0]}"
        )
    if not a and given is not None:
        return "one size for every sample before it is returned (resize, crop, pad); or a collate_fn that pads them"
    if images:
        what = f" in `{name}.__getitem__`" if name else ""
        return (
            f"one size for every image{what} before it is returned: F.interpolate(image[None], size=({a[1]}, "
            f"{a[2]}))[0], or a crop"
        )
    return f"{loading} with a function that pads them: pad_sequence(sequences, batch_first=True)"


MISTAKE = Mistake(
    id="data.unequal_sizes",
    code="",
    title="A batch can hold samples of any size",
    see="“stack expects each tensor to be equal size”, from the `for` over the loader; with batch_size=1 all is well.",
    why="A batch is one tensor, a sample in each row, and the rows of a tensor have one size. The loader's default "
    "collate "
    "function stacks what the data set gives and changes nothing.",
    instead="one size in `__getitem__` (resize, crop) for images; `collate_fn=` with `pad_sequence` for sequences",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
