"""A data set's ``__len__`` promises more samples than ``__getitem__`` can give."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from torch.utils.data import DataLoader, Dataset

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.loaders import method, place

OUT = re.compile(r"(list|tuple|string) index out of range|out of bounds for (axis|dimension) 0")


class _Pairs(Dataset[float]):
    def __init__(self, numbers: list[float], promised: int) -> None:
        self.numbers, self.promised = numbers, promised

    def __len__(self) -> int:
        return self.promised

    def __getitem__(self, k: int) -> float:
        return self.numbers[k]


def broken() -> object:
    return list(DataLoader(_Pairs([1.0, 2.0, 3.0], 4), batch_size=2))


def fixed() -> object:
    return list(DataLoader(_Pairs([1.0, 2.0, 3.0], 3), batch_size=2))


def signs(record: Record) -> Iterator[Sign]:
    """An IndexError inside ``__getitem__``, where ``__len__`` is not the length of what is looked up."""
    if (
        not isinstance(record, FailureRecord)
        or "IndexError" not in (record.kind, record.worker)
        or not OUT.search(record.message)
    ):
        return
    frame = next((f for f in reversed(record.frames) if f.place.function.endswith("__getitem__")), None)
    step = record.steps[frame.step] if frame and frame.step is not None else None
    if frame is None or step is None or step.kind != "subscript" or len(record.frames) < 2:
        return
    found = method(record, frame.place.function.split(".")[-2], "__len__")
    held = step.operands[0]
    gives = (
        next((n for n in ast.walk(found[1]) if isinstance(n, ast.Return) and n.value is not None), None)
        if found
        else None
    )
    if found is None or gives is None or not held.text.startswith("self."):
        return
    promised = ast.unparse(gives.value) if gives.value is not None else ""
    if promised == f"len({held.text})":
        return
    size = (
        (held.value.length if held.value.length is not None else held.value.shape[:1])
        if held.value is not None
        else "fewer"
    )
    size = size[0] if isinstance(size, tuple) and size else size
    yield Sign(
        place=place(found[0], gives),
        seen=f"`__len__` gives `{promised}`, and `{held.text}` has {size} elements: the loader asks for an index "
        "that is not there.",
        instead=f"return len({held.text})",
        evidence=(f"`{step.text}` raised IndexError",),
        also=(frame.place,),
    )


MISTAKE = Mistake(
    id="data.length_is_wrong",
    code="",
    title="__len__ is only for print",
    see="“list index out of range” in `__getitem__`, somewhere in the epoch, and later with shuffle=False.",
    why="The loader (its sampler) draws the indices from 0 to `len(dataset)` − 1 and trusts `__len__`. One that "
    "counts something "
    "else sends it past the end.",
    instead="`return len(self.samples)`, of what `__getitem__` looks up",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
