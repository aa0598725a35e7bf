"""The loader and the data set behind a failure: where they are made, and what their class says.

In go records and places; out come steps, places and syntax trees.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.instruments.failure.source import Source, source_of
from pytorch_basics.instruments.place import Place

IN_COLLATE = ("default_collate", "collate", "collate_tensor_fn", "collate_numpy_array_fn", "fetch", "reraise")


def every_origin(record: FailureRecord) -> Iterator[Step]:
    """The steps behind what failed, then those behind the frames around, each once; of a loop also what it goes
    over."""
    seen: set[int] = set()
    for frame in reversed(record.frames):
        waiting = [] if frame.step is None else [frame.step]
        while waiting:
            k = waiting.pop(0)
            if k not in seen:
                seen.add(k)
                yield record.steps[k]
                waiting += [j for argument in record.steps[k].operands for j in argument.steps]


def loader(record: FailureRecord) -> Step | None:
    """Where the loader was made whose batch was being drawn."""
    return next((s for s in every_origin(record) if s.kind == "call" and s.bare == "DataLoader"), None)


def dataset(record: FailureRecord) -> str:
    """The class of the data set that the loader was made with, where it is the learner's."""
    made = loader(record)
    given = made.argument(0, "dataset") if made is not None else None
    if given is None:
        return ""
    if given.value is not None and source_has(record, given.value.type):
        return given.value.type
    return next((s.called for s in record.origins(given) if s.kind == "call" and source_has(record, s.called)), "")


def source_has(record: FailureRecord, name: str) -> bool:
    """Whether the learner's files define this class."""
    return class_of(record, name) is not None


def class_of(record: FailureRecord, name: str) -> tuple[Source, ast.ClassDef] | None:
    """The class of this name in the files of the frames and steps."""
    files = dict.fromkeys([*(f.place.file for f in record.frames), *(s.place.file for s in record.steps[:40])])
    for file in files:
        source = source_of(file) if file else None
        for node in ast.walk(source.tree) if source is not None else ():
            if isinstance(node, ast.ClassDef) and node.name == name.rpartition(".")[2] and source is not None:
                return source, node
    return None


def method(record: FailureRecord, name: str, called: str) -> tuple[Source, ast.FunctionDef] | None:
    """A method of one of the learner's classes."""
    found = class_of(record, name)
    for node in found[1].body if found else ():
        if isinstance(node, ast.FunctionDef) and node.name == called and found is not None:
            return found[0], node
    return None


def drawing(record: FailureRecord) -> bool:
    """Whether a batch was being put together when it failed."""
    return any(call.bare in IN_COLLATE for call in record.calls) or bool(record.worker)


def place(source: Source, node: ast.stmt | ast.expr) -> Place:
    """Where a node stands."""
    return source.place_of_line(node.lineno, node)
