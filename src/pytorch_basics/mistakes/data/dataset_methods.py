"""A data set lacks ``__len__`` or ``__getitem__``, or has them under another name."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from torch.utils.data import DataLoader, Dataset

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.loaders import class_of, dataset, place

NO_LEN = re.compile(r"object of type '(\w+)' has no len\(\)")
NO_ITEM = re.compile(r"Subclasses of Dataset should implement __getitem__|'(\w+)' object is not subscriptable")


class _Squares(Dataset[int]):
    def __lenght__(self) -> int:
        return 4

    def __getitem__(self, k: int) -> int:
        return k * k


class _GoodSquares(Dataset[int]):
    def __len__(self) -> int:
        return 4

    def __getitem__(self, k: int) -> int:
        return k * k


def broken() -> object:
    return list(DataLoader(_Squares(), batch_size=2, shuffle=True))


def fixed() -> object:
    return list(DataLoader(_GoodSquares(), batch_size=2, shuffle=True))


def signs(record: Record) -> Iterator[Sign]:
    """A loader asked a data set of the learner's for its length or an element, and there is no such method."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    length, item = NO_LEN.search(record.message), NO_ITEM.search(record.message)
    wanted = "__len__" if length else "__getitem__"
    if not (length or item) or not (record.inner or record.worker or record.failing):
        return
    named = (
        next((m[1] for m in (length, item) if m and m.groups() and m[1]), "")
        or _failing_class(record)
        or dataset(record)
    )
    found = class_of(record, named)
    if found is None or not _is_dataset(found[1]):
        return
    source, node = found
    near = _near(node, wanted)
    if any(isinstance(one, ast.FunctionDef) and one.name == wanted for one in node.body):
        return
    at = place(source, near) if near is not None else place(source, node)
    yield Sign(
        place=at,
        seen=f"`{named}` has no `{wanted}`"
        + (f": it is written `{near.name}`, which nobody calls." if near else ", and the loader calls it."),
        instead=f"def {wanted}({ast.unparse(near.args)}):" if near else _method(wanted),
        evidence=(f"the methods of `{named}`: {', '.join(_methods(node)) or 'none'}",),
        also=(record.place,) if record.place.line != at.line else (),
    )


def _failing_class(record: FailureRecord) -> str:
    """The class of the ``self`` that Dataset's own method was called on."""
    for call in reversed(record.calls):
        value = call.argument("self")
        if call.bare == "__getitem__" and value is not None:
            return value.type
    return ""


def _is_dataset(node: ast.ClassDef) -> bool:
    bases = " ".join(ast.unparse(base) for base in node.bases)
    return "Dataset" in bases or any(name.startswith(("__len", "__get")) for name in _methods(node))


def _methods(node: ast.ClassDef) -> list[str]:
    return [one.name for one in node.body if isinstance(one, ast.FunctionDef)]


def _near(node: ast.ClassDef, wanted: str) -> ast.FunctionDef | None:
    plain = {"__len__": ("len", "length", "size"), "__getitem__": ("getitem", "get_item", "get")}[wanted]
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and one.name not in ("__init__", "__getitem__", "__len__"):
            bare = one.name.strip("_")
            if bare in plain or difflib.SequenceMatcher(None, one.name, wanted).ratio() > 0.75:
                return one
    nested = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef) and n.name == wanted and n not in node.body]
    return nested[0] if nested else None


def _method(wanted: str) -> str:
    return (
        "def __len__(self): return len(self.samples)"
        if wanted == "__len__"
        else "def __getitem__(self, k): return self.samples[k]"
    )


MISTAKE = Mistake(
    id="data.dataset_methods",
    code="",
    title="A class that derives from Dataset is a data set",
    see="“object of type 'MyData' has no len()”, or NotImplementedError: “Subclasses of Dataset should implement "
    "__getitem__”.",
    why="The loader draws indices below `len(dataset)` and takes `dataset[k]`: it calls `__len__` and "
    "`__getitem__`, by exactly "
    "these names. The base class has neither.",
    instead="both methods, with two underscores on each side, in the class itself",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
