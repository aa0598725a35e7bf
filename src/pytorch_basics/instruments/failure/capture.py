"""Read a live exception: its frames, the expression that failed in each, the layers that ran, what made what.

In goes an exception, still with its traceback; out comes a ``FailureRecord``. Nothing of the learner's is run, nothing
is raised from here, and the record holds plain data only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from pytorch_basics.instruments.failure.classnotes import notes_of
from pytorch_basics.instruments.failure.drawn import Drawn
from pytorch_basics.instruments.failure.layers import layers_of
from pytorch_basics.instruments.failure.linking import linked
from pytorch_basics.instruments.failure.peek import UNKNOWN
from pytorch_basics.instruments.failure.record import Call, FailureRecord, Frame, Value
from pytorch_basics.instruments.failure.scope import Scope
from pytorch_basics.instruments.failure.source import Source, source_of
from pytorch_basics.instruments.failure.traceback import Level, levels, told
from pytorch_basics.instruments.failure.values.capture import dataset_of, describe
from pytorch_basics.instruments.failure.values.named import fold
from pytorch_basics.instruments.failure.walk import Walker
from pytorch_basics.instruments.failure.workers import worker_frames
from pytorch_basics.instruments.place import Place

MOST_CALLS = 24


def capture(error: BaseException) -> FailureRecord:
    """What ``error`` came from. Never raises: what cannot be read is left out, with a note."""
    error, outer = _cause(error)
    chain = tuple((type(one).__name__, _words(one)) for one in (*outer, *_came_from(error)))
    try:
        return _record(error, chain)
    except Exception as mine:
        note = f"the doctor could not read this exception: {type(mine).__name__}: {mine}"
        return FailureRecord(type(error).__name__, _words(error), chain, notes=(note,))


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception of the learner's with a broken __str__
        return ""


def _cause(error: BaseException) -> tuple[BaseException, list[BaseException]]:
    """The exception to explain: the only one of a group, or the one that the learner's ``raise … from`` passed on."""
    outer: list[BaseException] = []
    for _ in range(8):
        inner = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__ or error.__context__
        passed_on = isinstance(error, BaseExceptionGroup) or _raised_by_learner(error)
        if inner is None or inner.__traceback__ is None or not passed_on:
            break
        outer.append(error)
        error = inner
    return error, outer


def _raised_by_learner(error: BaseException) -> bool:
    found = levels(error.__traceback__)
    if not found or found[-1].under or found[-1].span is None:
        return False
    source = source_of(found[-1].frame.f_code.co_filename)
    node = source.at(found[-1].span) if source else None
    return source is not None and node is not None and any(isinstance(n, ast.Raise) for n in (node, *source.up(node)))


def _came_from(error: BaseException) -> Iterator[BaseException]:
    for _ in range(8):
        inner = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if inner is None:
            return
        yield inner
        error = inner


def _record(error: BaseException, chain: tuple[tuple[str, str], ...]) -> FailureRecord:
    found = levels(error.__traceback__)
    walker = Walker()
    try:
        return _read(error, chain, found, walker)
    finally:
        walker.forget()


def _read(
    error: BaseException, chain: tuple[tuple[str, str], ...], found: list[Level], walker: Walker
) -> FailureRecord:
    scopes = linked(walker, found)
    frames = [_frame(walker, level, scope) for level, scope in zip(found, scopes, strict=True)]
    worker, lines = told(_words(error))
    frames += worker_frames(walker, lines, [frame for level in found for frame in level.under])
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        frames.append(Frame(Place.at(error.filename, error.lineno)))
    layers = tuple(layers_of(walker, found, scopes))
    classes = tuple(notes_of(walker, found, scopes))
    calls = tuple(_calls(found))
    return FailureRecord(
        kind=type(error).__name__,
        message=_words(error),
        chain=chain,
        frames=tuple(frames),
        calls=calls,
        layers=layers,
        steps=walker.record(),
        classes=classes,
        worker=worker,
    )


def _frame(walker: Walker, level: Level, scope: Scope | None) -> Frame:
    code = level.frame.f_code
    place = Place.at(code.co_filename, level.line, code.co_qualname)
    owner = _owner(level)
    if scope is None or scope.now is None or level.span is None:
        return Frame(place, arguments=_arguments(level.frame), owner=owner)
    node, step = scope.now, None
    if isinstance(node, ast.For | ast.AsyncFor) or _drawing(node, scope, level):
        return _loop_frame(walker, level, scope, place, owner)
    if isinstance(node, ast.Expr | ast.Return | ast.Assign) and node.value is not None:
        node = node.value
    if isinstance(node, ast.If | ast.While | ast.Assert):
        node = node.test
    if isinstance(node, ast.expr | ast.AugAssign):
        step = walker.step(node, scope)
    first, last, column, end = level.span
    source = scope.source
    columns = _characters(source, first, column), _characters(source, last, end)
    return Frame(place, source.text(node), *columns, last, step, _arguments(level.frame), owner)


def _drawing(node: ast.AST, scope: Scope, level: Level) -> bool:
    """Whether a ``for`` was asking its loader for the next batch."""
    loop = scope.source.parents.get(node)
    return isinstance(loop, ast.For) and loop.iter is node and any(f.f_code.co_name == "__next__" for f in level.under)


def _loop_frame(walker: Walker, level: Level, scope: Scope, place: Place, owner: str) -> Frame:
    node = scope.now
    over = node.iter if isinstance(node, ast.For | ast.AsyncFor) else node
    assert isinstance(over, ast.expr)
    loaders = [frame.f_locals.get("self") for frame in level.under]
    held = next((one for one in loaders if dataset_of(one) is not None), UNKNOWN)
    step = walker.step(Drawn(over, (), held), scope)
    columns = over.col_offset, over.end_col_offset or 0
    return Frame(place, scope.source.text(over), *columns, place.line, step, _arguments(level.frame), owner)


def _characters(source: Source, line: int, column: int) -> int:
    """A column counted in bytes, in characters."""
    text = source.lines[line - 1] if 0 < line <= len(source.lines) else ""
    return len(text.encode()[:column].decode(errors="ignore"))


def _owner(level: Level) -> str:
    code = level.frame.f_code
    if not code.co_argcount:
        return ""
    held = level.frame.f_locals.get(code.co_varnames[0])
    return type(held).__name__ if code.co_varnames[0] == "self" and held is not None else ""


def _arguments(frame: Any) -> tuple[tuple[str, Value], ...]:
    code = frame.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return tuple((name, describe(frame.f_locals[name], 1)) for name in names if name in frame.f_locals)


def _calls(found: list[Level]) -> Iterator[Call]:
    """The packages' frames under the learner's innermost frames."""
    for k, level in list(enumerate(found))[-3:]:
        for frame in level.under[-MOST_CALLS:]:
            name = fold(f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_qualname}")
            yield Call(name, _arguments(frame), k)
