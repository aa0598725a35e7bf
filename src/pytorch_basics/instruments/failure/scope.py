"""Where an expression is read: its function, the objects that its names held, what its parameters were given.

In go a frame of the traceback, or a function of which only the text is known; out come live objects for names where
they are still what the expression saw.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytorch_basics.instruments.failure.bindings import bindings, rebound
from pytorch_basics.instruments.failure.peek import UNKNOWN, peek
from pytorch_basics.instruments.failure.source import COMPREHENSIONS, Source, Space

Given = tuple[ast.expr, "Scope"]
_DEEPEST = 12


@dataclass(eq=False)
class Scope:
    """``names`` are the function's variables as they were left, None where only the text is known; ``now`` is the
    expression at which it was left. ``given`` is what its parameters were given: an expression elsewhere, or steps
    already known. ``held`` are objects known for a name without a frame (``self``)."""

    source: Source
    space: Space
    globals: Mapping[str, Any]
    names: Mapping[str, Any] | None = None
    now: ast.AST | None = None
    outer: Scope | None = None
    given: dict[str, Given] = field(default_factory=dict)
    steps: dict[str, tuple[int, ...]] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)

    def peek(self, node: ast.expr, deep: int = 0) -> Any:
        """What an expression in this scope held; ``UNKNOWN`` where that cannot be told."""
        return UNKNOWN if deep > _DEEPEST else peek(node, lambda name: self.look_up(name, deep + 1))

    def look_up(self, name: ast.Name, deep: int = 0) -> Any:
        """What a name held when ``name`` was read."""
        if name.id in self.held:
            return self.held[name.id]
        mine = name.id in bindings(self.space) or name.id in parameters(self.space)
        if self.names is not None and name.id in self.names:
            stale = self.now is not None and mine and rebound(self.source, self.space, name.id, name, self.now)
            return self._assigned(name, deep) if stale else self.names[name.id]
        if mine:
            return self._assigned(name, deep)
        if self.outer is not None:
            return self.outer.look_up(name, deep)
        return self.globals.get(name.id, vars(builtins).get(name.id, UNKNOWN))

    def _assigned(self, name: ast.Name, deep: int) -> Any:
        """The one plain value that the text gives it, or that the caller did."""
        found = bindings(self.space).get(name.id, ())
        if not found and name.id in self.given:
            node, scope = self.given[name.id]
            return scope.peek(node, deep)
        if len(found) == 1 and found[0].how == "assign" and not found[0].path and found[0].node is not name:
            return self.peek(found[0].value, deep)
        return UNKNOWN


def parameters(space: Space) -> list[str]:
    """The names of a function's parameters, ``*args`` and ``**kwargs`` left out."""
    if isinstance(space, (ast.Module, *COMPREHENSIONS)):
        return []
    return [arg.arg for arg in (*space.args.posonlyargs, *space.args.args, *space.args.kwonlyargs)]


def match(space: Space, call: ast.Call, scope: Scope, bound: bool) -> dict[str, Given]:
    """Which expression of ``call`` each parameter got; ``bound`` when the first parameter is ``self``."""
    names = parameters(space)[1:] if bound else parameters(space)
    given: dict[str, Given] = {}
    for name, arg in zip(names, call.args, strict=False):
        if isinstance(arg, ast.Starred):
            break
        given[name] = (arg, scope)
    given |= {word.arg: (word.value, scope) for word in call.keywords if word.arg in names}
    return _defaults(space, scope) | given


def _defaults(space: Space, scope: Scope) -> dict[str, Given]:
    if isinstance(space, (ast.Module, *COMPREHENSIONS)):
        return {}
    args = [*space.args.posonlyargs, *space.args.args]
    pairs = list(zip(args[len(args) - len(space.args.defaults) :], space.args.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(space.args.kwonlyargs, space.args.kw_defaults, strict=True) if d is not None]
    return {arg.arg: (default, scope) for arg, default in pairs if isinstance(default, ast.Constant)}
