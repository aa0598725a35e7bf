"""Join the frames of a traceback: what each function's parameters got is what its caller wrote.

In go the learner's frames; out comes a scope for each, the parameters of one pointing to the expressions of the one
before, also through ``nn.Module.__call__``, decorators and ``nn.Sequential``.
"""

from __future__ import annotations

import ast
from types import FunctionType
from typing import Any

from pytorch_basics.instruments.failure.calls import file_scope, other_cells, through
from pytorch_basics.instruments.failure.peek import UNKNOWN
from pytorch_basics.instruments.failure.scope import Scope, match, parameters
from pytorch_basics.instruments.failure.source import COMPREHENSIONS, Source, source_of
from pytorch_basics.instruments.failure.traceback import Level
from pytorch_basics.instruments.failure.values.capture import is_module, is_sequence_of_layers
from pytorch_basics.instruments.failure.walk import Walker

_GLUE = ("_call_impl", "_wrapped_call_impl", "decorate_context", "wrapper", "_fn", "inner", "__call__", "__new__")


def linked(walker: Walker, found: list[Level]) -> list[Scope | None]:
    """A scope for each frame, None where its source is not known."""
    scopes: list[Scope | None] = []
    for level in found:
        scope = _scope(walker, level, scopes)
        if scope is not None and scope.source not in walker.classes.sources:
            walker.classes.sources.append(scope.source)
        scopes.append(scope)
    for k in range(1, len(found)):
        caller, scope = scopes[k - 1], scopes[k]
        if caller is not None and scope is not None:
            _pass_on(walker, found[k - 1], found[k], caller, scope)
    return scopes


def _scope(walker: Walker, level: Level, before: list[Scope | None]) -> Scope | None:
    frame = level.frame
    source = source_of(frame.f_code.co_filename)
    space = source.function(frame.f_code) if source else None
    if source is None or space is None:
        return None
    exact = source.at(level.span) if level.span else None
    now = exact or _statement(source, level.line)
    scope = Scope(source, space, frame.f_globals, names=frame.f_locals, now=now)
    if space is not source.tree:
        enclosing = source.space(space)
        near = [one for one in before if one is not None and one.space is enclosing]
        top = file_scope(walker, source, frame.f_globals)
        left = top if enclosing is source.tree else Scope(source, enclosing, frame.f_globals, outer=top)
        scope.outer = near[-1] if near else left
    else:
        scope.outer = other_cells(walker, source, frame.f_globals)
    walker.scopes[id(space)] = scope
    return scope


def _statement(source: Source, line: int) -> ast.AST | None:
    found = [n for n in ast.walk(source.tree) if isinstance(n, ast.stmt) and n.lineno <= line <= (n.end_lineno or 0)]
    return found[-1] if found else None


def _pass_on(walker: Walker, above: Level, level: Level, caller: Scope, scope: Scope) -> None:
    call = caller.now
    if not isinstance(call, ast.Call) or isinstance(scope.space, (ast.Module, *COMPREHENSIONS)):
        return
    passed = [frame for frame in above.under if frame.f_code.co_name not in _GLUE]
    if not passed:
        scope.given = match(scope.space, call, caller, _bound(call, caller, level))
    elif passed[-1].f_code.co_qualname == "Sequential.forward":
        _from_sequential(walker, passed, level, call, caller, scope)


def _bound(call: ast.Call, caller: Scope, level: Level) -> bool:
    """Whether the first parameter was not written in the call: it is ``self``."""
    thing = caller.peek(call.func)
    if thing is not UNKNOWN:
        return not isinstance(thing, FunctionType)
    return level.frame.f_code.co_varnames[:1] in (("self",), ("cls",))


def _from_sequential(
    walker: Walker, passed: list[Any], level: Level, call: ast.Call, caller: Scope, scope: Scope
) -> None:
    """The parameter got what the layer before it in the Sequential gave."""
    outermost, own = passed[0].f_locals.get("self"), level.frame.f_locals.get("self")
    names = parameters(scope.space)[1:]
    if names and is_module(outermost) and is_sequence_of_layers(outermost) and len(passed) == 1:
        k = through(walker, outermost, call, caller, until=own)
        if k is not None:
            scope.steps[names[0]] = (k,)
        elif call.args:
            scope.given[names[0]] = (call.args[0], caller)
