"""Which lines of a function give a name its value: assignments, loops, ``with``, changes in place.

In go a function's syntax tree, a name (``x``, or dotted: ``self.fc``) and the place that reads it; out come the lines
that may have bound it, the likeliest first. It reads the text alone: which branch ran is not known, so all candidates
are given back to the first that must have run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pytorch_basics.instruments.failure.source import COMPREHENSIONS, SPACES, Source, Space

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True)
class Binding:
    """``node`` (a statement or a comprehension) binds the name to ``value``. ``path`` are the positions inside it of an
    unpacked target. ``how`` is "assign", "loop", "with", "in place" (``x += v``, ``x[k] = v``, ``x.append(v)``)."""

    node: ast.AST
    value: ast.expr
    how: str
    path: tuple[int, ...] = ()
    part: ast.AST | None = None


def dotted(node: ast.AST) -> str:
    """``self.fc.weight`` of the syntax tree of that; empty for anything but names and dots."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


@lru_cache(maxsize=512)
def bindings(space: Space) -> dict[str, tuple[Binding, ...]]:
    """Every binding of every name in this function's own body, in the order of the text."""
    found: dict[str, list[Binding]] = {}
    for node in _body(space):
        for name, binding in _of(node):
            found.setdefault(name, []).append(binding)
    return {name: tuple(sorted(all_, key=lambda b: _start(b.node))) for name, all_ in found.items()}


def _start(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _body(space: Space) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions, classes and comprehensions inside."""
    if isinstance(space, COMPREHENSIONS):
        yield from space.generators
        waiting: list[ast.AST] = []
    else:
        waiting = list(space.body) if isinstance(space.body, list) else [space.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*SPACES, *COMPREHENSIONS, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)


def _of(node: ast.AST) -> Iterator[tuple[str, Binding]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _targets(target, node, node.value, "assign", ())
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield from _targets(node.target, node, node.value, "assign", ())
    elif isinstance(node, ast.NamedExpr):
        yield node.target.id, Binding(node, node.value, "assign")
    elif isinstance(node, ast.AugAssign):
        yield from _in_place(node.target, node, node.value)
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield from _targets(node.target, node, node.iter, "loop", ())
    elif isinstance(node, ast.comprehension):
        yield from _targets(node.target, node.target, node.iter, "loop", ())
    elif isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            if item.optional_vars is not None:
                yield from _targets(item.optional_vars, node, item.context_expr, "with", ())
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _changed(node, node.value)


def _targets(
    target: ast.AST, node: ast.AST, value: ast.expr, how: str, path: tuple[int, ...]
) -> Iterator[tuple[str, Binding]]:
    if isinstance(target, ast.Tuple | ast.List):
        for k, part in enumerate(target.elts):
            inner = part.value if isinstance(part, ast.Starred) else part
            yield from _targets(inner, node, value, how, (*path, k))
    elif name := dotted(target):
        yield name, Binding(node, value, how, path)
    elif isinstance(target, ast.Subscript):
        yield from _in_place(target, node, value)


def _in_place(target: ast.AST, node: ast.AST, value: ast.expr) -> Iterator[tuple[str, Binding]]:
    whole = target
    while isinstance(whole, ast.Subscript) or (isinstance(whole, ast.Attribute) and whole.attr in ("data", "grad")):
        whole = whole.value
    if name := dotted(whole):
        yield name, Binding(node, value, "in place", part=target)


def _changed(node: ast.Expr, call: ast.Call) -> Iterator[tuple[str, Binding]]:
    """``parts.append(x)``, ``mask.fill_(0)``: a method that changes what it is called on."""
    if not isinstance(call.func, ast.Attribute):
        return
    grows = call.func.attr in ("append", "extend", "insert", "update", "add_module", "add")
    if grows or (call.func.attr.endswith("_") and not call.func.attr.endswith("__")):
        whole: ast.AST = call.func.value
        while isinstance(whole, ast.Subscript) or (not grows and _writes(whole)):
            whole = whole.func.value if isinstance(whole, ast.Call) else whole.value  # type: ignore[attr-defined]  # an attribute
        if (name := dotted(whole)) and (call.args or not grows):
            value = call.args[-1] if grows else call
            yield name, Binding(node, value, "in place", part=call)


def _writes(node: ast.AST) -> bool:
    """``memory.mul_(keep)`` in ``memory.mul_(keep).add_(x)``: the same object as ``memory``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr.endswith("_") and not node.func.attr.endswith("__")


def bound(source: Source, space: Space, name: str, reader: ast.AST) -> tuple[Binding, ...]:
    """The bindings of ``name`` that ``reader`` may see, the likeliest first."""
    every = bindings(space).get(name, ())
    above = [reader, *source.up(reader)]
    if isinstance(space, COMPREHENSIONS):
        return every
    before = [b for b in every if not _excluded(source, b, above) and _start(b.node) < _start(reader)]
    before = [b for b in before if b.node not in above or b.how == "loop"]
    found: list[Binding] = []
    for binding in reversed(before):
        found.append(binding)
        if binding.how != "in place" and _always_ran(source, binding, above):
            break
    loops: list[ast.AST] = [node for node in above if isinstance(node, _LOOPS)]
    if loops:  # the round before this one
        found += [b for b in reversed(every) if b not in before and _inside(source, b.node, loops)]
    return tuple(found)


def rebound(source: Source, space: Space, name: str, since: ast.AST, until: ast.AST) -> bool:
    """Whether ``name`` may hold another object at ``until`` than when ``since`` read it. (A change in place leaves it
    the same object.)"""
    if since is until or until in source.up(since):  # part of the failing expression itself
        return False
    own = [b for b in bindings(space).get(name, ()) if b.how != "in place" or isinstance(b.node, ast.AugAssign)]
    if _start(since) > _start(until):  # read in the round before
        return bool(own)
    for binding in own:
        after = _start(since) < _start(binding.node) < _start(until)
        if binding.how == "loop":
            found = after
        else:
            passed = _start(binding.node) < _start(until) and binding.node not in (until, *source.up(until))
            found = passed and (after or binding.node in (since, *source.up(since)))
        if found:
            return True
    return False


def _excluded(source: Source, binding: Binding, above: list[ast.AST]) -> bool:
    """In the other branch of an ``if`` that the reader is in."""
    chain = [binding.node, *source.up(binding.node)]
    for child, parent in pairwise(chain):
        if isinstance(parent, ast.If) and parent in above:
            mine = above[above.index(parent) - 1]
            return (child in parent.body and mine in parent.orelse) or (child in parent.orelse and mine in parent.body)
    return False


def _always_ran(source: Source, binding: Binding, above: list[ast.AST]) -> bool:
    """Whether what reads the name cannot be reached without it."""
    if binding.node in above:
        return True
    parent = source.parents.get(binding.node)
    while isinstance(parent, ast.With | ast.AsyncWith | ast.Try | ast.Expr) and parent not in above:
        parent = source.parents.get(parent)
    return parent in above or parent is None


def _inside(source: Source, node: ast.AST, loops: list[ast.AST]) -> bool:
    return any(above in loops for above in (node, *source.up(node)))
