"""Where an object's attributes were assigned, and where its layers were constructed.

In go a live object of a learner's class and the name of an attribute; out come the steps that assigned it: in
``__init__``, in another method, in the class body, or through ``register_buffer``. What ``__init__`` was given is
looked up where the object was constructed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pytorch_basics.instruments.failure.bindings import bindings, dotted
from pytorch_basics.instruments.failure.calls import inside
from pytorch_basics.instruments.failure.instance import kind_of
from pytorch_basics.instruments.failure.peek import UNKNOWN
from pytorch_basics.instruments.failure.scope import Given, Scope, match
from pytorch_basics.instruments.failure.source import Source, source_of
from pytorch_basics.instruments.failure.values.capture import children, is_module, signature_of
from pytorch_basics.instruments.failure.values.named import named_as
from pytorch_basics.instruments.failure.whose import functions_of, own_classes

if TYPE_CHECKING:
    from pytorch_basics.instruments.failure.walk import Walker

_REGISTERS = ("register_buffer", "register_parameter", "add_module", "register_module", "setattr")
_SAME = ("to", "cuda", "cpu", "eval", "train", "double", "half", "float", "requires_grad_")  # give the module itself


class Classes:
    """The learner's classes, as their source tells of them."""

    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.sources: list[Source] = []
        self._methods: dict[tuple[int, int], list[tuple[Scope, str]]] = {}

    def forget(self) -> None:
        """Let go of what was looked at."""
        self._methods.clear()

    # --- attributes

    def member(self, owner: Any, node: ast.Attribute, scope: Scope, path: tuple[int | str, ...] = ()) -> list[int]:
        """The steps that assigned ``owner.attr``."""
        if owner is UNKNOWN or isinstance(owner, type) or type(owner).__name__ == "module":
            return []
        if is_module(owner) and not own_classes(type(owner)):
            return self._child(owner, node, scope)
        return list(self.assigned(owner, node.attr, path))

    def _child(self, owner: Any, node: ast.Attribute, scope: Scope) -> list[int]:
        made = self.constructor(owner, (node.attr,), node.value, scope)
        return [] if made is None else [made]

    def assigned(self, owner: Any, attr: str, path: tuple[int | str, ...] = ()) -> Iterator[int]:
        """The steps that bound an attribute in the methods of the object's class, those of ``__init__`` first, then
        those that changed it in place."""
        for kind in own_classes(kind_of(owner)):
            plain, changed = list[int](), list[int]()
            for scope, me in self.methods(kind, owner):
                for binding in reversed(bindings(scope.space).get(f"{me}.{attr}", ())):
                    if binding.how == "in place":
                        changed.append(self.walker.step(binding.node, scope))
                    elif binding.how in ("assign", "with") and (not plain or scope.space.name == "__init__"):  # type: ignore[union-attr]  # a method
                        plain += self.walker.follow(binding.value, scope, (*binding.path, *path))
                if not plain and (value := _registered(scope.space, attr)) is not None:
                    plain += self.walker.follow(value, scope, path)
            yield from plain or self._in_body(kind, attr, path)
            yield from changed
            if plain:
                return

    def methods(self, kind: type, owner: Any) -> list[tuple[Scope, str]]:
        """The methods of a class with the name that each gives to its ``self``, ``__init__`` first."""
        key = (id(kind), id(owner))
        if key not in self._methods:
            self._methods[key] = list(self._read(kind, owner))
        return self._methods[key]

    def _read(self, kind: type, owner: Any) -> Iterator[tuple[Scope, str]]:
        for function in sorted(functions_of(kind), key=lambda f: f.__name__ != "__init__"):
            scope = inside(self.walker, function, owner, None)
            if scope is not None and function.__code__.co_argcount:
                if function.__name__ == "__init__":
                    scope.given = self._given(kind, scope)
                yield scope, function.__code__.co_varnames[0]

    def _given(self, kind: type, scope: Scope) -> dict[str, Given]:
        """What ``__init__`` was given, when every construction in sight gives the same."""
        sites = list(self.constructions(kind.__name__))
        texts = {where.source.text(call) for call, where in sites}
        return match(scope.space, *sites[0], bound=True) if len(texts) == 1 else {}

    def constructions(self, name: str) -> Iterator[tuple[ast.Call, Scope]]:
        """The calls of a class of this name in the learner's files."""
        for source in self.sources:
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == name:
                    yield node, self.scope_of(source, node)

    def scope_of(self, source: Source, node: ast.AST) -> Scope:
        """The scope of an expression found by looking through the file."""
        space = source.space(node)
        known = self.walker.scopes.get(id(space))
        if known is None:
            top = self.walker.scopes.get(id(source.tree)) or Scope(source, source.tree, {})
            known = Scope(source, space, top.globals, outer=top)
            self.walker.scopes[id(space)] = known
        return known

    def _in_body(self, kind: type, attr: str, path: tuple[int | str, ...]) -> Iterator[int]:
        node, source = class_node(kind)
        for statement in node.body if node and source else ():
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            value = getattr(statement, "value", None)
            if value is not None and any(isinstance(t, ast.Name) and t.id == attr for t in targets) and source:
                yield from self.walker.follow(value, self.scope_of(source, value), path)

    # --- constructors of layers

    def constructor(self, root: Any, path: tuple[str, ...], written: ast.expr, scope: Scope) -> int | None:
        """The step that constructed the layer at ``path`` in ``root``, which is ``written`` in ``scope``."""
        layer = root
        made = self.called(self.walker.follow(written, scope), _bare(root))
        for name in path:
            child = dict(children(layer)).get(name)
            if child is None:
                return None
            if own_classes(type(layer)):
                steps = tuple(self.assigned(layer, name))
            else:
                steps = self._element(made, name) if made is not None else ()
            made, layer = self.called(steps, _bare(child)), child
        return self.like(layer) if made is None else made

    def called(self, steps: list[int] | tuple[int, ...], kind: str) -> int | None:
        """The step among these, or behind what they return, that calls a class of this name."""
        waiting, seen = list(steps), set[int]()
        while waiting and len(seen) < 40:
            k = waiting.pop(0)
            step = self.walker.steps[k]
            if k in seen or step is None:
                continue
            seen.add(k)
            if step.kind == "call" and step.bare == kind:
                return k
            moved = ("return", "self") if step.bare in _SAME else ("return",)
            waiting += [j for argument in step.operands if argument.name in moved for j in argument.steps]
        return None

    def _element(self, made: int, name: str) -> tuple[int, ...]:
        """The step of an element in ``nn.Sequential(a, b)``, ``nn.ModuleList([a, b])`` or one of an OrderedDict."""
        node, scope = self.walker.nodes[made]
        parts = _parts_of(node, name) if isinstance(node, ast.Call) else []
        return tuple(k for part in parts for k in self.walker.follow(part, scope))

    def like(self, layer: Any) -> int | None:
        """The one constructor in the learner's files whose known arguments are this layer's."""
        settings, kind = vars(layer), _bare(layer)
        try:
            names = signature_of(type(layer))
        except (TypeError, ValueError):
            return None
        found = list(self.constructions(kind))
        scores = [_agrees(call, scope, names, settings) for call, scope in found]
        best = [site for site, score in zip(found, scores, strict=True) if score >= 0 and score == max(scores)]
        return self.walker.step(*best[0]) if len(best) == 1 else None


def _bare(layer: object) -> str:
    return named_as(type(layer)).rpartition(".")[2]


def class_node(kind: type) -> tuple[ast.ClassDef | None, Source | None]:
    """The ``class`` statement of a learner's class."""
    for function in functions_of(kind):
        source = source_of(function.__code__.co_filename)
        node = source.class_of(kind.__name__, function.__code__.co_firstlineno) if source else None
        if node is not None:
            return node, source
    return None, None


def _registered(space: ast.AST, attr: str) -> ast.expr | None:
    for node in ast.walk(space):
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in _REGISTERS:
            args = [arg for arg in node.args if not (isinstance(arg, ast.Name) and arg.id == "self")]
            if len(args) >= 2 and isinstance(args[0], ast.Constant) and args[0].value == attr:
                return args[1]
    return None


def _parts_of(node: ast.Call, name: str) -> list[ast.expr]:
    """The element called ``name`` (a position or a key) of a container of layers, as its constructor writes it."""
    args: list[ast.expr] = list(node.args)
    if len(args) == 1 and isinstance(args[0], ast.List | ast.Tuple):
        args = list(args[0].elts)
    if len(args) == 1 and isinstance(args[0], ast.Call) and args[0].args:
        inner = args[0].args[0]
        pairs = inner.elts if isinstance(inner, ast.List | ast.Tuple) else []
        named = [p for p in pairs if isinstance(p, ast.Tuple) and len(p.elts) == 2 and _says(p.elts[0], name)]
        return [pair.elts[1] for pair in named]
    if any(isinstance(arg, ast.Starred) for arg in args) or not name.isdigit() or int(name) >= len(args):
        return []
    return [args[int(name)]]


def _says(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == name


def _agrees(call: ast.Call, scope: Scope, names: list[str], settings: dict[str, Any]) -> int:
    """How many known arguments are this layer's settings; -1 where one is not."""
    given = dict(zip(names, call.args, strict=False)) | {word.arg: word.value for word in call.keywords if word.arg}
    score = 0
    for name, node in given.items():
        value, held = scope.peek(node), settings.get(name, UNKNOWN)
        if value is UNKNOWN or held is UNKNOWN or type(value) not in (int, float, bool):
            continue
        if held not in (value, (value,), (value, value), (value, value, value)):
            return -1
        score += 1
    return score
