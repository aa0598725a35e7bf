"""Follow a call into what ran: the learner's function and what it returned, the layers of a ``nn.Sequential``.

In go a call and its scope; out come operands named "return", whose steps lead on inside the function that was called.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from types import FunctionType
from typing import TYPE_CHECKING, Any

from pytorch_basics.instruments.cells import others
from pytorch_basics.instruments.failure import drawn
from pytorch_basics.instruments.failure.parts import Path, returned
from pytorch_basics.instruments.failure.peek import UNKNOWN
from pytorch_basics.instruments.failure.record import Argument, Step
from pytorch_basics.instruments.failure.scope import Scope, match
from pytorch_basics.instruments.failure.source import COMPREHENSIONS, Source, Space, source_of
from pytorch_basics.instruments.failure.values.capture import children, describe, is_module, is_sequence_of_layers
from pytorch_basics.instruments.failure.values.named import named_as
from pytorch_basics.instruments.failure.whose import own_classes, own_function

if TYPE_CHECKING:
    from pytorch_basics.instruments.failure.walk import Walker

MOST_CELLS = 60


def given_back(walker: Walker, thing: Any, node: ast.Call, scope: Scope, path: Path) -> list[Argument]:
    """What the called function returned, as an operand that comes before those it was given."""
    if is_module(thing) and is_sequence_of_layers(thing):
        k = through(walker, thing, node, scope)
        return [] if k is None else [Argument("return", scope.source.text(node.func), None, (k,))]
    if isinstance(node.func, ast.Name) and node.func.id == "next" and node.args:
        return drawn.next_of(walker, node, scope, path)
    function, held = _function(thing)
    if function is None or function in walker.returning or len(walker.returning) > 6:
        return []
    inner = inside(walker, function, held, (node, scope))
    if inner is None:
        return []
    walker.returning.append(function)
    try:
        return returns(walker, inner, path)
    finally:
        walker.returning.pop()


def returns(walker: Walker, scope: Scope, path: Path) -> list[Argument]:
    """What a function returns, as operands; each by a step that stands for its ``return``."""
    found = []
    for node in returned(scope):
        value = node.body if isinstance(node, ast.Lambda) else node.value
        if value is not None:
            given = walker.argument(value, scope, "", path)
            step = Step(scope.source.place_of_line(node.lineno, node), scope.source.text(node), "return", "return")
            k = walker.add(replace(step, arguments=(given,)), node, scope)
            found.append(Argument("return", given.text, given.value, (k,)))
    return found


def _function(thing: Any) -> tuple[FunctionType | None, Any]:
    """The learner's function that calling ``thing`` runs, and its ``self``."""
    if is_module(thing):
        classes = own_classes(type(thing))
        forwards = [vars(kind).get("forward") for kind in classes if "forward" in vars(kind)]
        return (own_function(forwards[0]), thing) if forwards else (None, UNKNOWN)
    return own_function(thing), getattr(thing, "__self__", UNKNOWN)


def inside(walker: Walker, function: FunctionType, held: Any, call: tuple[ast.Call, Scope] | None) -> Scope | None:
    """The scope of a function that has been left: its text, and what this call gave its parameters."""
    source = source_of(function.__code__.co_filename)
    space = source.function(function.__code__) if source else None
    if source is None or space is None or isinstance(space, (ast.Module, *COMPREHENSIONS)):
        return None
    scope = Scope(source, space, function.__globals__, outer=around(walker, source, space, function.__globals__))
    first = [arg.arg for arg in (*space.args.posonlyargs, *space.args.args)][:1]
    if held is not UNKNOWN and first:
        scope.held[first[0]] = held
    if call is not None:
        scope.given = match(space, call[0], call[1], held is not UNKNOWN)
    return scope


def around(walker: Walker, source: Source, space: Space, names: Any) -> Scope:
    """The scope around a function: that of the one it is defined in (running, perhaps), or the file's top."""
    outer = source.space(space)
    top = file_scope(walker, source, names)
    return top if outer is source.tree else walker.scopes.get(id(outer)) or Scope(source, outer, names, outer=top)


def file_scope(walker: Walker, source: Source, space: Any) -> Scope:
    """The scope of a file's top; of a notebook's cell, with the cells that ran before it around it."""
    known = walker.scopes.get(id(source.tree))
    if known is None:
        known = walker.scopes[id(source.tree)] = Scope(source, source.tree, space, names=space)
        known.outer = other_cells(walker, source, space)
    return known


def other_cells(walker: Walker, source: Source, space: Any) -> Scope | None:
    """The scope of the cell that ran last before this one, around it the one before that, and so on."""
    outer = None
    for other in filter(None, map(source_of, reversed(others(source.file)[:MOST_CELLS]))):
        outer = Scope(other, other.tree, space, names=space, outer=outer)
        walker.scopes.setdefault(id(other.tree), outer)
        if other not in walker.classes.sources:
            walker.classes.sources.append(other)
    return outer


def through(walker: Walker, module: Any, node: ast.Call, scope: Scope, until: object = None) -> int | None:
    """The layers of a Sequential as steps, the last first; its own input is the first one's operand."""
    last: int | None = None
    for name, child in children(module):
        if child is until:
            break
        made = walker.classes.constructor(module, (name,), node.func, scope)
        place = walker.steps[made].place if made is not None and walker.steps[made] else scope.source.place(node)  # type: ignore[union-attr]  # asked for
        text = walker.steps[made].text if made is not None and walker.steps[made] else ""  # type: ignore[union-attr]  # asked for
        func = Argument("func", text, describe(child), () if made is None else (made,))
        given = Argument("", "", None, (last,)) if last is not None else None
        if given is None:
            given = walker.argument(node.args[0], scope) if node.args else Argument("", "")
        step = Step(place, text or f"{scope.source.text(node.func)}[{name}]", "layer", named_as(type(child)))
        last = walker.add(replace(step, arguments=(func, given)), node, scope)
    return last
