"""Where a layer or a data loader was made, found in the learner's files after the run.

Watching sees a layer when it is called, which says nothing of the line that a learner has to change: ``nn.Sigmoid()``
in the middle of an ``nn.Sequential``. In go the names of the files that ran, and what is known of the layer: its class,
its path, its settings, the classes around it; out comes the call that constructed it, None where there are several
that could have. Source is read, nothing runs. No torch.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import Any

from pytorch_basics.instruments.place import Place

_LISTS = ("Sequential", "ModuleList")


@dataclass(frozen=True)
class Call:
    """A call in a file, with what is around it, the nearest first."""

    file: str
    node: ast.Call
    around: tuple[ast.AST, ...]

    @property
    def place(self) -> Place:
        """Where it stands."""
        names: list[str] = []
        for n in self.around:
            if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = bool(names) and not isinstance(n, ast.ClassDef)
                names += ["<locals>", n.name] if inner else [n.name]
        return Place.at(self.file, self.node.lineno, ".".join(reversed(names)) or "<module>")

    @cached_property
    def inside(self) -> str:
        """The name of the innermost class around it."""
        return next((n.name for n in self.around if isinstance(n, ast.ClassDef)), "")

    @cached_property
    def bound(self) -> str:
        """What the statement around it binds: ``net``, ``self.head``."""
        for node in self.around:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                return ast.unparse(targets[0])
            if isinstance(node, ast.stmt):
                break
        return ""

    @cached_property
    def position(self) -> int | None:
        """Its position in the ``nn.Sequential(…)`` or ``nn.ModuleList([…])`` that it is an argument of."""
        inner: ast.AST = self.node
        for node in self.around:
            parts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.List) else ()
            if isinstance(node, ast.Call) and _last(node.func) not in _LISTS:
                return None
            if any(isinstance(part, ast.Starred) for part in parts):
                return None
            if inner in parts and not (isinstance(node, ast.Call) and isinstance(inner, ast.List)):
                return [*parts].index(inner)
            if not isinstance(node, ast.List):
                return None
            inner = node
        return None


class Made:
    """The calls in some files, by the last name of what is called."""

    def __init__(self, files: Iterable[str]) -> None:
        self.files = [file for file in dict.fromkeys(files) if file and "-packages" not in file]

    @cached_property
    def trees(self) -> dict[str, ast.AST]:
        """The files that could be read."""
        return {file: tree for file in self.files if (tree := _tree(file)) is not None}

    @cached_property
    def calls(self) -> dict[str, list[Call]]:
        """All calls, read when they are first asked for."""
        found: dict[str, list[Call]] = {}
        for file, tree in self.trees.items():
            for node, around in _walk(tree, ()):
                found.setdefault(_last(node.func), []).append(Call(file, node, around))
        return found

    @cached_property
    def classes(self) -> set[str]:
        """The names of the classes in these files that have calls in them."""
        return {call.inside for calls in self.calls.values() for call in calls}

    def layer(self, kind: str, path: str, settings: Any, owners: list[tuple[str, str]]) -> Place | None:
        """The constructor of a layer; ``owners`` are the (path, class) of those around it, the nearest first."""
        calls = [call for call in self.calls.get(kind, ()) if _agrees(call.node, dict(settings))]
        owner = next((one for one in owners if one[1] in self.classes), None)
        if owner is not None:
            calls = [call for call in calls if call.inside == owner[1]] or calls
            path = path[len(owner[0]) :].removeprefix(".")
            first = path.partition(".")[0]
            calls = [call for call in calls if call.bound == f"self.{first}"] or calls
        number = path.rpartition(".")[2]
        if number.isdigit():
            calls = [call for call in calls if call.position == int(number)] or calls
        return _only(calls)

    def loader(self, kind: str, facts: dict[str, Any], written: str) -> Place | None:
        """The constructor of a data loader, which was iterated as ``written``."""
        calls = self.calls.get(kind, [])
        calls = [call for call in calls if call.bound == written] or calls
        known = {key: facts.get(key) for key in ("batch_size", "drop_last")}
        known |= {"shuffle": facts.get("shuffled"), "num_workers": facts.get("workers")}
        return _only([call for call in calls if _agrees(call.node, known)])

    def used(self, code: CodeType, name: str) -> Place:
        """The first line of a function that uses an attribute (``self.rng``, by its last name)."""
        last = name.rpartition(".")[2]
        tree = self.trees.get(code.co_filename) or _tree(code.co_filename) or ast.Module([], [])
        lines = [
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == last and node.lineno >= code.co_firstlineno
        ]
        return Place.at(code.co_filename, min(lines, default=code.co_firstlineno), code.co_qualname)

    def iterated(self, file: str, line: int) -> ast.expr | None:
        """What is iterated on a line: the loader of ``for k, batch in enumerate(loader)``, of ``iter(loader)``."""
        for node in ast.walk(self.trees.get(file) or ast.Module([], [])):
            if isinstance(node, ast.For | ast.comprehension) and node.iter.lineno == line:
                return _named(node.iter)
            if isinstance(node, ast.Call) and node.lineno == line and _last(node.func) == "iter" and node.args:
                return _named(node.args[0])
        return None


def _only(calls: list[Call]) -> Place | None:
    lines = {(call.file, call.node.lineno): call for call in calls}
    return next(iter(lines.values())).place if len(lines) == 1 else None


def _named(node: ast.expr) -> ast.expr | None:
    """The name or attribute in ``loader``, ``enumerate(loader)``, ``tqdm(loader, leave=False)``, ``iter(loader)``."""
    while isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    return node if isinstance(node, ast.Name | ast.Attribute) else None


def _tree(file: str) -> ast.AST | None:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return None


def _walk(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...]]]:
    if isinstance(node, ast.Call):
        yield node, around
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, (node, *around))


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _agrees(call: ast.Call, settings: dict[str, Any]) -> bool:
    """No constant that it was given contradicts what the thing itself says."""
    for word in call.keywords:
        if isinstance(word.value, ast.Constant) and settings.get(word.arg or "", word.value.value) != word.value.value:
            held = settings[word.arg or ""]
            if not (isinstance(held, tuple) and set(held) == {word.value.value}):
                return False
    held_values = {part for value in settings.values() for part in (value if isinstance(value, tuple) else (value,))}
    given = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    return not held_values or all(value in held_values for value in given if type(value) in (int, float))
