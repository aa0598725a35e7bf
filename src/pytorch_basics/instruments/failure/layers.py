"""The modules whose forward was running, with where each was made.

In go the frames of a traceback; out come ``Layer``s, the outermost first: their settings and weights, their path, what
their forward was given, the step of their constructor, and what ran before them in the same ``nn.Sequential``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import FrameType
from typing import Any

from pytorch_basics.instruments.failure.peek import UNKNOWN
from pytorch_basics.instruments.failure.record import Layer, Value
from pytorch_basics.instruments.failure.scope import Scope
from pytorch_basics.instruments.failure.traceback import Level
from pytorch_basics.instruments.failure.values.capture import children, describe, is_module, is_sequence_of_layers
from pytorch_basics.instruments.failure.walk import Walker
from pytorch_basics.instruments.failure.whose import own_classes

_DEEPEST = 12


def layers_of(walker: Walker, found: list[Level], scopes: list[Scope | None]) -> Iterator[Layer]:
    """Every module that was running, the outermost first."""
    outer: Any = None
    path: tuple[str, ...] = ()
    for k, (level, scope) in enumerate(zip(found, scopes, strict=True)):
        before: Any = None
        for frame, mine in [(level.frame, True), *((under, False) for under in level.under)]:
            module = _running(frame)
            if module is None or module is outer:
                continue
            inside = path_to(outer, module) if outer is not None else None
            path = (*path, *inside) if inside is not None else ()
            at, where = (k - 1, scopes[k - 1]) if mine and k else (k, scope)
            yield _layer(walker, module, path, frame, at if not mine else k, where, before)
            outer, before = module, module


def _running(frame: FrameType) -> Any:
    """The module whose ``forward`` this frame is."""
    code = frame.f_code
    if code.co_name != "forward" or not code.co_argcount:
        return None
    module = frame.f_locals.get(code.co_varnames[0])
    return module if is_module(module) else None


def path_to(outer: Any, inner: Any) -> tuple[str, ...] | None:
    """Where ``inner`` stands in ``outer``; None where it does not."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), outer)]
    seen: set[int] = set()
    while waiting:
        path, module = waiting.pop(0)
        if module is inner:
            return path
        if id(module) not in seen and len(path) < _DEEPEST:
            seen.add(id(module))
            waiting += [((*path, name), child) for name, child in children(module)]
    return None


def _layer(
    walker: Walker, module: Any, path: tuple[str, ...], frame: FrameType, k: int, scope: Scope | None, parent: Any
) -> Layer:
    call = scope.now if scope is not None else None
    name, made, before = "", None, list[tuple[Value, int | None]]()
    if isinstance(call, ast.Call) and scope is not None:
        root = scope.peek(call.func)
        inside = path_to(root, module) if root is not UNKNOWN and is_module(root) else None
        if inside is not None:
            name = scope.source.text(call.func) + "".join(f"[{p}]" if p.isdigit() else f".{p}" for p in inside)
            made = walker.classes.constructor(root, inside, call.func, scope)
            before = list(_before(walker, root, inside, call, scope))
    made = walker.classes.like(module) if made is None else made
    inputs = tuple((n, describe(frame.f_locals[n], 1)) for n in _parameters(frame) if n in frame.f_locals)
    own = bool(own_classes(type(module)))
    return Layer(describe(module), ".".join(path), name, own, inputs, k, made, tuple(before))


def _parameters(frame: FrameType) -> tuple[str, ...]:
    return frame.f_code.co_varnames[1 : frame.f_code.co_argcount]


def _before(
    walker: Walker, root: Any, inside: tuple[str, ...], call: ast.Call, scope: Scope
) -> Iterator[tuple[Value, int | None]]:
    """The layers before the last one of ``inside`` in each Sequential on the way."""
    parent = root
    for k, name in enumerate(inside):
        if is_sequence_of_layers(parent):
            for sibling, child in children(parent):
                if sibling == name:
                    break
                yield describe(child), walker.classes.constructor(root, (*inside[:k], sibling), call.func, scope)
        parent = dict(children(parent)).get(name)
