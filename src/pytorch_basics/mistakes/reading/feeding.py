"""What feeds an expression inside its own function, read from the text alone; and which calls a function makes.

In go places and syntax trees; out come the right-hand sides that the expression's names were bound to, back to the
function's parameters. For what the record of a failure does not follow: another loss, another optimizer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytorch_basics.instruments.failure.bindings import bound, dotted
from pytorch_basics.instruments.failure.source import SPACES, Source, Space, source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.reading.lines import called, statement

MOST = 60


def space_of(place: Place) -> tuple[Source, Space] | None:
    """The file and the function around a line."""
    source, here = (source_of(place.file) if place.file else None), statement(place)
    return (source, source.space(here)) if source is not None and here is not None else None


def calls_in(place: Place) -> Iterator[tuple[Place, ast.Call]]:
    """The calls in the body of the function around a line, not in functions inside it, in the order of the text."""
    found = space_of(place)
    if found is None:
        return
    source, space = found
    waiting: list[ast.AST] = list(space.body) if isinstance(space.body, list) else [space.body]  # type: ignore[union-attr]  # SPACES have one
    calls = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            calls.append(node)
        if not isinstance(node, (*SPACES, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)
    for node in sorted(calls, key=lambda call: (call.end_lineno or 0, call.end_col_offset or 0)):
        yield source.place(node), node


def feeding(place: Place, node: ast.expr) -> list[tuple[Place, ast.expr]]:
    """The expression and, behind it, what its names were bound to in this function, the nearest first."""
    found = space_of(place)
    if found is None:
        return []
    source, space = found
    waiting, seen, way = [node], set[int](), list[tuple[Place, ast.expr]]()
    while waiting and len(seen) < MOST:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        way.append((source.place(one), one))
        for part in ast.walk(one):
            if isinstance(part, ast.Name | ast.Attribute) and (name := dotted(part)):
                waiting += [binding.value for binding in bound(source, space, name, part)]
    return way


def names(node: ast.AST) -> set[str]:
    """The names and dotted names in an expression."""
    return {dotted(part) for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute)} - {""}


def holds_call(file: str, function: str, *bare: str) -> bool:
    """Whether a function or method of this name in the file makes one of these calls."""
    source = source_of(file) if file else None
    for node in ast.walk(source.tree) if source is not None and function else ():
        named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function
        if named and any(called(inner) in bare for inner in ast.walk(node)):
            return True
    return False
