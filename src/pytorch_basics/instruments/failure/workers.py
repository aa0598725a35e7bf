"""The frames of a DataLoader's worker, whose traceback has come home as text.

In go the lines that the message tells of and PyTorch's live frames; out come frames as if the worker's were here: its
expression, and the data set whose method it ran.
"""

from __future__ import annotations

import ast
from types import FrameType
from typing import Any

from pytorch_basics.instruments.failure.record import Frame
from pytorch_basics.instruments.failure.scope import Scope
from pytorch_basics.instruments.failure.source import Source, source_of
from pytorch_basics.instruments.failure.traceback import Told
from pytorch_basics.instruments.failure.values.capture import dataset_of
from pytorch_basics.instruments.failure.walk import Walker
from pytorch_basics.instruments.failure.whose import own_classes
from pytorch_basics.instruments.place import Place


def worker_frames(walker: Walker, lines: list[Told], inner: list[FrameType]) -> list[Frame]:
    """A frame for each line of the worker's traceback that is the learner's."""
    found = [dataset_of(frame.f_locals["self"]) for frame in inner if "self" in frame.f_locals]
    datasets = [dataset for dataset in found if dataset is not None]
    return [_frame(walker, line, datasets[-1] if datasets else None) for line in lines]


def _frame(walker: Walker, line: Told, dataset: Any) -> Frame:
    source = source_of(line.file)
    node = _expression(source, line) if source else None
    if source is None or node is None:
        return Frame(Place(line.file, line.line, line.name, line.text))
    scope = walker.classes.scope_of(source, node)
    if isinstance(scope.space, ast.FunctionDef) and scope.space.args.args and _belongs(scope, dataset):
        scope.held[scope.space.args.args[0].arg] = dataset
    owner = type(dataset).__name__ if _belongs(scope, dataset) else ""
    place = Place(line.file, line.line, source.qualified(node), line.text)
    step = walker.step(node, scope) if isinstance(node, ast.expr) else None
    columns = node.col_offset, node.end_col_offset or 0
    return Frame(place, source.text(node), *columns, node.end_lineno or line.line, step, owner=owner)


def _belongs(scope: Scope, dataset: Any) -> bool:
    around = scope.source.around(scope.space)
    return around is not None and any(kind.__name__ == around.name for kind in own_classes(type(dataset)))


def _expression(source: Source, line: Told) -> ast.expr | ast.stmt | None:
    """The marked expression of the line; without marks its statement's value."""
    raw = source.lines[line.line - 1] if 0 < line.line <= len(source.lines) else ""
    indent = len(raw) - len(raw.lstrip())
    if line.columns is not None:
        return source.at((line.line, line.line, line.columns[0] + indent, line.columns[1] + indent))
    node = source.at((line.line, line.line, indent, len(raw.rstrip())))
    value = getattr(node, "value", None)
    return value if isinstance(value, ast.expr) else node
