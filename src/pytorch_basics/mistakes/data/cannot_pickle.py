"""Something that goes to a worker process, or into a file, cannot be pickled: a lambda, a local function, an open
file."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Callable, Iterator

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lines import statement
from pytorch_basics.mistakes.reading.loaders import every_origin, loader

LOCAL = re.compile(r"[Cc]an't (?:pickle|get) local object '?([\w.<>]+)'?")
LAMBDA = re.compile(r"[Cc]an't pickle <function (\S+) at 0x\w+>")
OTHER = re.compile(r"cannot pickle '([\w.]+)' object")


def _double(x: int) -> int:
    return 2 * x


def broken() -> object:
    def transforms() -> dict[str, Callable[[int], int]]:
        return {"twice": lambda x: 2 * x}

    return pickle.dumps(transforms())


def fixed() -> object:
    transforms = {"twice": _double}
    return pickle.dumps(transforms)


def signs(record: Record) -> Iterator[Sign]:
    """Python's words; the line with the lambda or the function in the function."""
    if (
        not isinstance(record, FailureRecord)
        or record.place is None
        or record.kind not in ("AttributeError", "PicklingError", "TypeError")
    ):
        return
    match = LOCAL.search(record.message) or LAMBDA.search(record.message)
    other = OTHER.search(record.message)
    if match is None and other is None:
        return
    name = match[1] if match else (other[1] if other else "")
    made = _made(record, name) or _written(record, name)
    workers = loader(record) is not None
    at = made or record.place
    what = (
        "A lambda" if "<lambda>" in name else f"`{name.rpartition('.')[2]}`" if match else f"An object of type {name}"
    )
    yield Sign(
        place=at,
        seen=f"{what} cannot be {'sent to a worker process' if workers else 'saved'}: pickle keeps functions by the "
        "name they are imported by, and "
        "this has none."
        if match
        else f"{what} cannot be {'sent to a worker process' if workers else 'saved'}.",
        instead="a function defined with `def` at the top of the file"
        if match
        else "open it where it is first needed (in `__getitem__`), not in `__init__`",
        evidence=(record.message,),
        also=(record.place,) if at.line != record.place.line else (),
    )


def _made(record: FailureRecord, name: str) -> Place | None:
    """The step that holds the lambda."""
    if "<lambda>" not in name:
        return None
    step = next((s for s in every_origin(record) if "lambda" in s.text), None)
    return _line_of_lambda(step.place) if step is not None else None


def _line_of_lambda(place: Place) -> Place:
    """Its own line in a statement of several."""
    source, whole = source_of(place.file), statement(place)
    for node in ast.walk(whole) if source is not None and whole is not None else ():
        if isinstance(node, ast.Lambda) and source is not None:
            return source.place_of_line(node.lineno, node)
    return place


def _written(record: FailureRecord, name: str) -> Place | None:
    """Where the function stands in the learner's file: its name says in which function."""
    inside, _, last = name.replace(".<locals>", "").rpartition(".")
    for file in dict.fromkeys(frame.place.file for frame in record.frames):
        source = source_of(file)
        for node in ast.walk(source.tree) if source is not None else ():
            named = (
                node.name if isinstance(node, ast.FunctionDef) else "<lambda>" if isinstance(node, ast.Lambda) else ""
            )
            if named == last and source is not None and isinstance(node, ast.FunctionDef | ast.Lambda):
                place = source.place_of_line(node.lineno, node)
                if place.function.replace(".<locals>", "") in (inside, f"{inside}.{last}", "<module>"):
                    return place
    return None


MISTAKE = Mistake(
    id="data.cannot_pickle",
    code="",
    title="A lambda is a function like any other",
    see="“Can't pickle local object 'main.<locals>.<lambda>'”, from a loader with workers (on Windows and macOS), "
    "or from torch.save.",
    why="What goes to another process, or into a file, is pickled, and a function is pickled as its name. A lambda "
    "and a function "
    "inside a function have no name that could be looked up again.",
    instead="`def` at the top of a module, functools.partial for its arguments",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
