"""A data set's ``__getitem__`` gives None for some index (or for all)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader, Dataset

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.failure.source import SPACES, Source
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.loaders import dataset, every_origin, loader, method, place

NOTHING = "found <class 'NoneType'>"
INSIDE = "infer dtype of NoneType"  # where the samples before have a number there


class _Gaps(Dataset[torch.Tensor]):
    def __len__(self) -> int:
        return 4

    def __getitem__(self, k: int) -> torch.Tensor:  # type: ignore[return]  # the mistake  # noqa: RET503
        if k != 2:
            return torch.ones(3) * k


def broken() -> object:
    return list(DataLoader(_Gaps(), batch_size=2))


def fixed() -> object:
    return list(DataLoader([torch.ones(3) * k for k in range(4) if k != 2], batch_size=2))  # type: ignore[arg-type]  # a list is a data set


def signs(record: Record) -> Iterator[Sign]:
    """The collate function met a None; where ``__getitem__`` can end without giving anything."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    inside = INSIDE in record.message and record.failing is not None and "DataLoader" in record.failing.called
    if NOTHING not in record.message and not inside:
        return
    name, made = dataset(record), loader(record)
    found = method(record, name, "__getitem__")
    ends = _ends(*found) if found else None
    given = next((s for s in every_origin(record) if s.kind == "return" and found and _in(s.place, *found)), None)
    at = ends or (given.place if given else made.place if made else record.place)
    yield Sign(
        place=at,
        seen=f"`{name}.__getitem__` gives None for some index: {_why(ends or (given.place if given else None))}."
        if found
        else "The data set gives None for some index.",
        instead="a value on every way through `__getitem__`; leave bad samples out where the list of them is made, "
        "in `__init__`",
        evidence=(f"PyTorch: {record.message.partition('; ')[2] or record.message}",),
        also=(record.place,) if record.place.line != at.line else (),
    )


def _in(at: Place, source: Source, function: ast.FunctionDef) -> bool:
    return at.file == place(source, function).file and function.lineno <= at.line <= (function.end_lineno or 0)


def _why(ends: Place | None) -> str:
    text = ends.text if ends else ""
    if text.startswith("return"):
        return f"`{text}`"
    if text.startswith(("if ", "elif ", "except", "match", "for ", "while ")):
        return f"`{text}` leaves a way to the end without a `return`"
    return "it ends without a `return`"


def _ends(source: Source, function: ast.FunctionDef) -> Place | None:
    """The statement that lets the function end without a value: ``return None``, an ``if`` without ``else``, a
    handler."""
    for node in ast.walk(function):
        bare = isinstance(node, ast.Return) and (node.value is None or _is_none(node.value))
        if bare and isinstance(node, ast.Return) and source.space(node) is function:
            return place(source, node)
    last = _open_end(function.body)
    return place(source, last) if last is not None else None


def _is_none(node: ast.expr) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(isinstance(part, ast.Constant) and part.value is None for part in parts)


def _open_end(body: list[ast.stmt]) -> ast.stmt | None:
    """The statement of a block after which the function may go on to its end."""
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return None
    if isinstance(last, ast.If):
        if not last.orelse:
            return last
        return _open_end(last.body) or _open_end(last.orelse)
    if isinstance(last, ast.Try):
        handlers = [h for h in last.handlers if _open_end(h.body) is not None]
        inner = _open_end(last.orelse or last.body)
        return handlers[0] if handlers else inner  # type: ignore[return-value]  # a handler has a line as well
    if isinstance(last, ast.With):
        return _open_end(last.body)
    return None if isinstance(last, SPACES) else last


MISTAKE = Mistake(
    id="data.nothing_returned",
    code="",
    title="A sample that is no good can simply be left out in __getitem__",
    see="“default_collate: batch must contain tensors, …; found <class 'NoneType'>”.",
    why="The loader asks the data set for every index from 0 to len − 1, and puts what it gets into the batch. A "
    "function that "
    "ends without `return` gives None.",
    instead="the bad samples left out when the data set is made, so that each index has one; or a `collate_fn` that "
    "drops None",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
