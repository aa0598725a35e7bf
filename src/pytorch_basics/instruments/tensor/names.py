"""What the learner calls each argument: the source text of the call, else a variable that holds it, else a
number.

In go the values and the frame that called ``pb.see``; out comes one name per value. Missing source, ``*args``
and rebound names are ordinary here and never fail. The frame keeps nothing of having been asked.
"""

from __future__ import annotations

import ast
import sys
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any

from executing import Source

LONGEST = 40


def names(values: tuple[object, ...], frame: FrameType | None) -> list[str]:
    """One name for each of ``values`` as ``frame`` called them."""
    written: list[str | None] = _written(len(values), frame) if frame else [None] * len(values)
    found = [
        name or _variable(value, frame) or f"tensor {k}"
        for k, (value, name) in enumerate(zip(values, written, strict=True), start=1)
    ]
    forget(frame)
    return found


def forget(frame: FrameType | None) -> None:
    """Let go of what ``f_locals`` gave. Before Python 3.13 a function's frame keeps a copy of the variables it was
    asked for: a tensor that the learner deletes would live on in it."""
    if frame is None or sys.version_info >= (3, 13) or not frame.f_code.co_flags & CO_OPTIMIZED:
        return
    copy = frame.f_locals
    if sys.getrefcount(copy) == 3:  # the frame, this function, the call; a fourth is the learner's own ``locals()``
        copy.clear()


def _written(count: int, frame: FrameType) -> list[str | None]:
    unknown: list[str | None] = [None] * count
    try:
        found = Source.executing(frame)
    except Exception:  # executing reads files and bytecode; whatever goes wrong there, a name is only a nicety
        return unknown
    if not isinstance(found.node, ast.Call):
        return unknown
    arguments = found.node.args
    starred = [k for k, argument in enumerate(arguments) if isinstance(argument, ast.Starred)]
    if len(starred) > 1:
        return unknown  # no telling where one list ends and the next begins
    texts = [_text(argument, found.source.lines) for argument in arguments]
    if not starred:
        return texts if len(texts) == count else unknown
    at = starred[0]
    inside = count - (len(arguments) - 1)
    return [*texts[:at], *_unpacked(arguments[at], inside), *texts[at + 1 :]]


def _unpacked(starred: ast.expr, count: int) -> list[str | None]:
    assert isinstance(starred, ast.Starred)
    if isinstance(starred.value, ast.Name | ast.Attribute):
        return [f"{ast.unparse(starred.value)}[{k}]" for k in range(count)]
    return [None] * count


def _text(node: ast.expr, lines: list[str]) -> str | None:
    # The learner's own spelling; several lines, or very long text, are shortened.
    text = " ".join(_segment(node, lines).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 12]}…{text[-11:]}"


def _segment(node: ast.expr, lines: list[str]) -> str:
    # As ``ast.get_source_segment``, which splits the whole file anew for each question.
    if node.end_lineno is None or node.end_col_offset is None:
        return ast.unparse(node)
    parts = [line.encode() for line in lines[node.lineno - 1 : node.end_lineno]]
    parts[-1] = parts[-1][: node.end_col_offset]
    parts[0] = parts[0][node.col_offset :]
    return b" ".join(parts).decode()


def _variable(value: object, frame: FrameType | None) -> str | None:
    held: dict[str, Any] = frame.f_locals if frame else {}
    return next((name for name, kept in held.items() if kept is value and not name.startswith("_")), None)
