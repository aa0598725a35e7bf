"""Follow an expression back through the learner's source: what made it, and what made that.

In go expressions (syntax trees) with their scopes; out come ``Step``s, each pointing to the steps of its operands.
Names lead to their assignments, parameters to what the caller passed, ``self.x`` to where the class assigns it, calls
of the learner's functions to what they return, layers to their constructors, batches to the data set. Nothing is run.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from pytorch_basics.instruments.failure import drawn
from pytorch_basics.instruments.failure.bindings import Binding, bindings, bound, dotted
from pytorch_basics.instruments.failure.calls import given_back
from pytorch_basics.instruments.failure.classes import Classes
from pytorch_basics.instruments.failure.instance import Instance
from pytorch_basics.instruments.failure.naming import callee, sign
from pytorch_basics.instruments.failure.parts import element, parts_of
from pytorch_basics.instruments.failure.peek import UNKNOWN
from pytorch_basics.instruments.failure.record import Argument, Step, Value
from pytorch_basics.instruments.failure.scope import Scope
from pytorch_basics.instruments.failure.values.capture import (
    describe,
    is_module,
)
from pytorch_basics.instruments.place import Place as Line

MOST_STEPS = 400
DEEPEST = 40
Path = tuple[int | str, ...]
Steps = tuple[int, ...]


class Walker:
    """The steps found so far. ``nodes`` keeps for each step its expression and scope."""

    def __init__(self) -> None:
        self.steps: list[Step | None] = []
        self.nodes: list[tuple[ast.AST, Scope]] = []
        self.scopes: dict[int, Scope] = {}
        self.classes = Classes(self)
        self._known: dict[tuple[int, int, Path], int] = {}
        self._deep = 0
        self._drawn_from: dict[tuple[int, Path], drawn.Drawn] = {}
        self.returning: list[object] = []

    def record(self) -> tuple[Step, ...]:
        """The steps as plain data."""
        return tuple(step or Step(Line("", 0), "", "other") for step in self.steps)

    def forget(self) -> None:
        """Let go of the frames' objects at once, not when Python next looks for cycles."""
        self.nodes.clear()
        self.scopes.clear()
        self.classes.forget()

    # --- which steps made an expression

    def follow(self, node: ast.expr, scope: Scope, path: Path = ()) -> Steps:
        """The steps of an expression; of a part of what it gives, where ``path`` says which."""
        if self._deep > DEEPEST or len(self.steps) > MOST_STEPS:
            return ()
        self._deep += 1
        try:
            return self._follow(node, scope, path)
        finally:
            self._deep -= 1

    def _follow(self, node: ast.expr, scope: Scope, path: Path) -> Steps:
        if isinstance(node, ast.Name):
            return self._name(node, scope, path)
        if isinstance(node, ast.Starred | ast.Await | ast.NamedExpr):
            return self.follow(node.value, scope, path)
        if isinstance(node, ast.IfExp):
            return self.follow(node.body, scope, path) + self.follow(node.orelse, scope, path)
        if path and (part := element(node, path[0])) is not None:
            return self.follow(part, scope, path[1:])
        if isinstance(node, ast.Attribute) and (steps := self._attribute(node, scope, path)):
            return steps
        return (self.step(node, scope, path),)

    def step(self, node: ast.AST, scope: Scope, path: Path = ()) -> int:
        """The one step of an expression that is no plain name."""
        key = (id(node), id(scope), path)
        if key not in self._known:
            self._known[key] = k = self._reserve(node, scope)
            within = scope.source.within(node if not isinstance(node, drawn.Drawn) else node.over)
            self.steps[k] = replace(self._step(node, scope, path), within=within)
        return self._known[key]

    def _reserve(self, node: ast.AST, scope: Scope) -> int:
        self.steps.append(None)
        self.nodes.append((node, scope))
        return len(self.steps) - 1

    def add(self, step: Step, node: ast.AST, scope: Scope) -> int:
        """A step that stands for no expression of its own (a layer of a Sequential that ran)."""
        k = self._reserve(node, scope)
        self.steps[k] = step
        return k

    def argument(self, node: ast.expr, scope: Scope, name: str = "", path: Path = ()) -> Argument:
        """An expression as an operand: its text, what it held, what made it."""
        if isinstance(node, ast.Starred):
            return replace(self.argument(node.value, scope, name or "*"), text="*" + scope.source.text(node.value))
        steps = () if _is_number(node) else self.follow(node, scope, path)
        return Argument(name, scope.source.text(node), self.value(node, scope), steps)

    def value(self, node: ast.expr, scope: Scope) -> Value | None:
        """What an expression held, where that can be told."""
        held = scope.peek(node)
        return None if held is UNKNOWN or isinstance(held, Instance) else describe(held)

    # --- names

    def _name(self, node: ast.Name, scope: Scope, path: Path) -> Steps:
        found = bound(scope.source, scope.space, node.id, node)
        steps: list[int] = []
        for k, binding in enumerate(found):
            for step in self._binding(binding, scope, path):
                self._call_it(step, node.id, scope.look_up(node) if k == 0 and not binding.path else UNKNOWN)
                steps.append(step)
        return tuple(dict.fromkeys(steps)) or self._given(node, scope, path)

    def _call_it(self, k: int, name: str, held: Any) -> None:
        """The step's result has this name, and is this object where that is still known."""
        step = self.steps[k]
        if step is not None and not step.name and step.kind != "in place":
            value = step.value or (None if held is UNKNOWN else describe(held))
            self.steps[k] = replace(step, name=name, value=value)

    def _given(self, node: ast.Name, scope: Scope, path: Path) -> Steps:
        if node.id in scope.steps:
            return scope.steps[node.id]
        if node.id in scope.given:
            given, caller = scope.given[node.id]
            return self.follow(given, caller, path)
        if node.id in bindings(scope.space):
            return ()
        if scope.outer is not None:
            return self._seen_from(node, scope.outer, path)
        return ()

    def _seen_from(self, node: ast.Name, outer: Scope, path: Path) -> Steps:
        """A name of an enclosing function or of the file, as it stood when that was left."""
        inside = isinstance(outer.space, ast.Module) is False and outer.source.space(node) is outer.space
        reader: ast.AST = outer.now or (node if inside or _in_comprehension(outer, node) else _End(outer.space))
        found = bound(outer.source, outer.space, node.id, reader)
        steps = [step for binding in found for step in self._binding(binding, outer, path)]
        if steps:
            self._call_it(steps[0], node.id, outer.look_up(node))
        return tuple(dict.fromkeys(steps)) or self._given(node, outer, path)

    def _binding(self, binding: Binding, scope: Scope, path: Path) -> Steps:
        whole = (*binding.path, *path)
        if binding.how == "loop":
            return self._drawn(binding, scope, whole)
        if binding.how == "in place":
            return (self.step(binding.node, scope),)
        if isinstance(binding.value, ast.Name) and not whole and binding.how == "assign":
            return (self.step(binding.node, scope),)
        return self.follow(binding.value, scope, whole)

    def _drawn(self, binding: Binding, scope: Scope, path: Path) -> Steps:
        """What a loop draws: from the data set of a loader, from the parts of a zip, from the elements of a list."""
        over, path = drawn.inside_loop(binding.value, path)
        if isinstance(over, ast.List | ast.Tuple) and over.elts:
            return tuple(k for part in over.elts[:8] for k in self.follow(part, scope, path))
        element_ = self._drawn_from.setdefault((id(over), path), drawn.Drawn(over, path))
        return (self.step(element_, scope, path),)

    # --- attributes

    def _attribute(self, node: ast.Attribute, scope: Scope, path: Path) -> Steps:
        name = dotted(node)
        found = bound(scope.source, scope.space, name, node) if name else ()
        steps = [step for binding in found for step in self._binding(binding, scope, path)]
        if not any(binding.how != "in place" for binding in found):
            owner = scope.peek(node.value)
            steps += self.classes.member(owner, node, scope, path)
        if steps:
            held = scope.peek(node)
            self._call_it(steps[0], name, held)
        return tuple(dict.fromkeys(steps))

    # --- one step

    def _step(self, node: ast.AST, scope: Scope, path: Path) -> Step:
        source = scope.source
        if isinstance(node, drawn.Drawn):
            return drawn.loop(self, node, scope, path)
        place = source.place(node)  # type: ignore[arg-type]  # an expression or a statement
        text = source.text(node)
        if isinstance(node, ast.Call):
            return self._call(node, scope, path, Step(place, text, "call"))
        if isinstance(node, ast.stmt):
            return self._statement(node, scope, Step(place, text, "in place"))
        kind, called, parts = parts_of(node)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            key = node.slice.value
            inside = (key, *path) if isinstance(key, int | str) else ()
            parts_of_it = (self.argument(node.value, scope, path=inside), self.argument(node.slice, scope))
            return Step(place, text, kind, called, parts_of_it, self.value(node, scope))
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            scope, parts = self._element_of(node, scope), [node.elt]
        arguments = tuple(self.argument(part, scope) for part in parts)
        step = Step(place, text, kind, called, arguments)
        return replace(step, value=self.value(node, scope) if isinstance(node, ast.expr) else None)

    def _element_of(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Scope:
        return self.scopes.get(id(node)) or Scope(scope.source, node, scope.globals, outer=scope)

    def _statement(self, node: ast.stmt, scope: Scope, step: Step) -> Step:
        """``x += v``, ``x[k] = v``, ``x.append(v)``, as a step that changes ``x``; ``a = b`` as one that renames."""
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and dotted(node.targets[0]):
            return replace(step, kind="name", called="=", arguments=(self.argument(node.value, scope),))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return replace(self._call(node.value, scope, (), step), kind="in place")
        if isinstance(node, ast.AugAssign):
            target: ast.expr = node.target
            called = sign(node.op) + "="
        elif isinstance(node, ast.Assign):
            target, called = node.targets[0], "[]="
        else:
            return step
        value = node.value if isinstance(node, ast.AugAssign | ast.Assign) else target
        whole = target.value if isinstance(target, ast.Subscript) else target
        held = Argument("self", scope.source.text(whole), self.value(whole, scope), self._before(whole, scope))
        return replace(step, called=called, arguments=(held, self.argument(value, scope)))

    def _before(self, whole: ast.expr, scope: Scope) -> Steps:
        # Followed only where it is read, not in the rounds of its own loop: it would lead back here.
        return self.follow(whole, scope) if isinstance(whole, ast.Name) else ()

    def _call(self, node: ast.Call, scope: Scope, path: Path, step: Step) -> Step:
        thing = scope.peek(node.func)
        arguments: list[Argument] = [] if node is scope.now else given_back(self, thing, node, scope, path)
        if is_module(thing):
            arguments.append(self.argument(node.func, scope, "func"))
        elif isinstance(node.func, ast.Attribute) and not _is_place(scope.peek(node.func.value)):
            arguments.append(self.argument(node.func.value, scope, "self"))
        arguments += [self.argument(arg, scope) for arg in node.args]
        arguments += [self.argument(word.value, scope, word.arg or "**") for word in node.keywords]
        called = callee(node, scope, thing)
        return replace(step, kind="layer" if is_module(thing) else "call", called=called, arguments=tuple(arguments))


class _End(ast.AST):
    """The end of a function or a file: everything in it has been bound."""

    def __init__(self, space: ast.AST) -> None:
        self.lineno, self.col_offset = 10**9, 0


def _in_comprehension(outer: Scope, node: ast.AST) -> bool:
    above = list(outer.source.up(node))
    return outer.space in above


def _is_place(thing: Any) -> bool:
    """Whether what stands before the dot is a module of Python's or a class: no operand."""
    return type(thing).__name__ == "module" or isinstance(thing, type)


def _is_number(node: ast.expr) -> bool:
    """Whether it is written out: following it would tell nothing more."""
    return not any(isinstance(part, ast.Name | ast.Call | ast.List | ast.Attribute) for part in ast.walk(node))
