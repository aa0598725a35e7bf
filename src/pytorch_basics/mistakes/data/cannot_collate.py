"""A data set gives objects that a loader cannot put into a batch."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torch.utils.data import DataLoader

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.loaders import dataset, every_origin, loader

FOUND = re.compile(
    r"batch must contain tensors, numpy arrays, numbers, dicts or lists; found (?:<class '([\w.]+)'>|(\w+))"
)


def broken() -> object:
    return list(DataLoader([{1, 2}, {3, 4}], batch_size=2))  # type: ignore[arg-type]  # a list is a data set


def fixed() -> object:
    return list(DataLoader([[1, 2], [3, 4]], batch_size=2))  # type: ignore[arg-type]  # a list is a data set


def signs(record: Record) -> Iterator[Sign]:
    """The default collate function names the class that it does not know."""
    match = FOUND.search(record.message) if isinstance(record, FailureRecord) else None
    if not isinstance(record, FailureRecord) or match is None or record.place is None:
        return
    kind = (match[1] or match[2]).removeprefix("__main__.")
    if kind == "NoneType":
        return
    given = next(
        (s for s in every_origin(record) if s.kind == "return" and s.place.function.endswith("__getitem__")), None
    )
    made = loader(record)
    at = given or made
    name = dataset(record)
    yield Sign(
        place=at.place if at else record.place,
        seen=f"{f'`{name}.__getitem__`' if name else 'The data set'} gives a {kind}, and the loader does not know "
        "how to make a batch of those.",
        instead=_instead(kind, given.text if given else ""),
        evidence=(f"PyTorch found {kind} in the batch",),
        also=tuple(s.place for s in (made,) if s is not None and s is not at),
    )


def _instead(kind: str, text: str) -> str:
    if "Image" in kind:
        return "a tensor of the image, by transforms.ToTensor() in the data set's transforms"
    if kind == "object" or "str_" in kind:
        return "an array of numbers of one dtype before it becomes a tensor: .astype('float32')"
    return (
        f"tensors, numbers, lists or dicts of them in place of a {kind}"
        + (f" in `{text}`" if text else "")
        + "; or a collate_fn of your own"
    )


MISTAKE = Mistake(
    id="data.cannot_collate",
    code="",
    title="A loader can batch whatever the data set gives",
    see="“default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found <class …>”.",
    why="The loader makes one tensor of the tensors, numbers or arrays in a batch, and goes through lists, tuples "
    "and dicts for "
    "them. Of images, sets, dates and classes of your own it does not know which numbers to take.",
    instead="tensors from `__getitem__`; or `collate_fn=` for the loader",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
