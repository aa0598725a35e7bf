"""What the source of a learner's module says: its methods, what ``__init__`` binds, whether it calls ``super()``.

In go the frames of a traceback with their scopes; out come notes on the classes of the modules that took part.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from pytorch_basics.instruments.failure.bindings import bindings, dotted
from pytorch_basics.instruments.failure.classes import class_node
from pytorch_basics.instruments.failure.instance import Instance, kind_of
from pytorch_basics.instruments.failure.peek import UNKNOWN
from pytorch_basics.instruments.failure.record import ClassNote
from pytorch_basics.instruments.failure.scope import Scope
from pytorch_basics.instruments.failure.source import Source
from pytorch_basics.instruments.failure.traceback import Level
from pytorch_basics.instruments.failure.values.capture import describe, is_module, is_module_class
from pytorch_basics.instruments.failure.walk import Walker
from pytorch_basics.instruments.failure.whose import own_classes
from pytorch_basics.instruments.place import Place

MOST = 4


def notes_of(walker: Walker, found: list[Level], scopes: list[Scope | None]) -> Iterator[ClassNote]:
    """A note for each learner's module class that took part, the nearest to the failure first."""
    seen: set[type] = set()
    for module in _modules(walker, found, scopes):
        kind = kind_of(module)
        if kind not in seen and len(seen) < MOST and own_classes(kind):
            seen.add(kind)
            note = _note(walker, module)
            if note is not None:
                yield note


def _modules(walker: Walker, found: list[Level], scopes: list[Scope | None]) -> Iterator[Any]:
    """The modules in the failing expressions, the owners of the frames, then those in the steps."""
    for level, scope in zip(reversed(found), reversed(scopes), strict=True):
        for frame in (*reversed(level.under), level.frame):
            owner = frame.f_locals.get("self")
            if is_module(owner):
                yield owner
        if scope is not None and scope.now is not None:
            yield from _named(scope.now, scope)
    for node, scope in walker.nodes[:120]:
        yield from _named(node, scope)


def _named(node: ast.AST, scope: Scope) -> Iterator[Any]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Attribute):
            held = scope.peek(part)
            if held is not UNKNOWN and is_module(held):
                yield held
        elif isinstance(part, ast.Call):  # constructed inside the expression: only its class is known
            kind = scope.peek(part.func)
            if isinstance(kind, type) and is_module_class(kind):
                yield Instance(kind)


def _note(walker: Walker, module: Any) -> ClassNote | None:
    kind = own_classes(kind_of(module))[0]
    node, source = class_node(kind)
    if node is None or source is None:
        return None
    methods = [m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
    init = next((m for m in methods if m.name == "__init__"), None)
    scope = next((s for s, _ in walker.classes.methods(kind, module) if s.space is init), None)
    return ClassNote(
        name=node.name,
        place=source.place_of_line(node.lineno, node),
        methods=tuple((m.name, source.place_of_line(m.lineno, m)) for m in methods),
        nested=tuple(_nested(methods, source)),
        assigned=tuple(_bound(walker, scope, own=True)),
        local=tuple(_bound(walker, scope, own=False)),
        init=source.place_of_line(init.lineno, init) if init else None,
        super_called=init is None or any(_is_super(call) for call in ast.walk(init)),
        value=None if isinstance(module, Instance) else describe(module),
    )


def _nested(methods: list[Any], source: Source) -> Iterator[tuple[str, Any]]:
    for method in methods:
        for inner in ast.walk(method):
            if isinstance(inner, ast.FunctionDef) and inner is not method:
                yield inner.name, source.place_of_line(inner.lineno, inner)


def _bound(walker: Walker, scope: Scope | None, own: bool) -> Iterator[tuple[str, Place, int | None]]:
    """What ``__init__`` binds to ``self`` (or to plain names), with the step of each."""
    if scope is None or not isinstance(scope.space, ast.FunctionDef) or not scope.space.args.args:
        return
    me = scope.space.args.args[0].arg + "."
    for name, found in bindings(scope.space).items():
        if name.startswith(me) == own and found[0].how == "assign" and ("." not in name or own):
            steps = walker.follow(found[0].value, scope, found[0].path)
            place = scope.source.place_of_line(found[0].node.lineno, found[0].node)  # type: ignore[attr-defined]  # a statement
            yield name.removeprefix(me), place, steps[0] if steps else None


def _is_super(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
        and (isinstance(node.func.value, ast.Call) or bool(dotted(node.func.value)))
    )
