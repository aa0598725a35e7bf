"""The lines of a mistake's program that a learner would write, without what makes it a test.

In goes ``broken`` or ``fixed`` of a mistake; out comes its code for the field guide. Left out are the ``Answer`` it
returns as evidence and what only that needed; put in are the imports, classes, functions and
constants of its own file that it uses.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

USUAL = {"torch", "nn"}  # what every notebook of the course begins with


def learners_code(function: Callable[[], Any]) -> str:
    """The program of ``function`` as a notebook cell."""
    source = textwrap.dedent(inspect.getsource(function))
    (written,) = ast.parse(source).body
    assert isinstance(written, ast.FunctionDef)
    *statements, last = written.body
    if isinstance(last, ast.With) and isinstance(
        last.body[-1], ast.Return
    ):  # around a test, so that it leaves no trace
        *inside, last = last.body
        statements += inside
    shown, hidden = _ending(last)
    if not isinstance(last, ast.Return):
        statements.append(last)
    elsewhere = _names([*statements, *shown])
    needed = [one for one in statements if _target(one) not in _names(hidden) - elsewhere]
    lines = [textwrap.dedent(_segment(source, one, statements)) for one in needed]
    lines += [ast.get_source_segment(source, one) or "" for one in shown if not _only_names(one)]
    others = _from_file(function, _names([*needed, *shown]))
    imports = _imports(function, _names([*needed, *shown]) | {name for text in others.values() for name in _read(text)})
    text = "\n\n".join(filter(None, ["\n".join(imports), *others.values(), "\n".join(filter(None, lines))]))
    for name in others:  # what is private to the file is the learner's own in a notebook
        text = re.sub(rf"\b{name}\b", name.lstrip("_"), text)
    return re.sub(r" *# type: ignore.*", "", text).strip()


def _ending(last: ast.stmt) -> tuple[list[ast.expr], list[ast.expr]]:
    """What a notebook cell would end with, and what stood there as evidence only."""
    if not isinstance(last, ast.Return) or last.value is None:
        return [], []
    if not _is_answer(last):
        return [last.value], []
    parts = _parts(last)
    return [parts.pop("given")], list(parts.values())


def _is_answer(node: ast.AST) -> bool:
    call = node.value if isinstance(node, ast.Return) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Answer"


def _parts(answer: Any) -> dict[str, ast.expr]:
    """What the ``Answer`` is made of, by name."""
    names = ("given", "expected", "args", "args_after")
    by_place = dict(zip(names, answer.value.args, strict=False))
    return by_place | {keyword.arg: keyword.value for keyword in answer.value.keywords}


def _only_names(given: ast.expr) -> bool:
    """Whether it is what stands above, and not a line of its own."""
    parts = given.elts if isinstance(given, ast.Tuple) else [given]
    return all(isinstance(part, ast.Name) for part in parts)


def _target(statement: ast.stmt) -> str:
    """The one name that the statement does nothing but assign."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def _names(nodes: list[Any]) -> set[str]:
    """The names that are read."""
    inside = (part for node in nodes for part in ast.walk(node))
    return {part.id for part in inside if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def _segment(source: str, statement: ast.stmt, statements: list[ast.stmt]) -> str:
    """The statement's whole lines, so that its comments stay, those above it too."""
    before = [one.end_lineno or 0 for one in statements if one.lineno < statement.lineno]
    lines = source.splitlines()
    first = statement.lineno - 1
    while first > max(before, default=1) and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return "\n".join(lines[first : statement.end_lineno])


def _from_file(function: Callable[[], Any], used: set[str]) -> dict[str, str]:
    """The classes, functions and constants of the mistakes' own files that are used, and what those use."""
    module = sys.modules[function.__module__]
    package = sys.modules[module.__name__.rpartition(".")[0]]
    found: dict[str, str] = {}
    for name, node, text in reversed([*_definitions(package), *_definitions(module)]):
        if name in used:
            found = {name: text} | found
            used = used | _names([node])
    return found


def _read(text: str) -> set[str]:
    return _names([ast.parse(text)])


def _imports(function: Callable[[], Any], used: set[str]) -> list[str]:
    """The imports that the program needs beside those that every notebook of the course begins with."""
    module = sys.modules[function.__module__]
    package = sys.modules[module.__name__.rpartition(".")[0]]
    found: dict[str, None] = {}
    for place in (package, module):
        for node in ast.parse(inspect.getsource(place)).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                source = getattr(node, "module", None) or ""
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    if name in used - USUAL and source.partition(".")[0] not in ("pytorch_basics", "__future__"):
                        found[ast.unparse(_only(node, alias))] = None
    return list(found)


def _only(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    """The import of this one name."""
    return ast.ImportFrom(node.module, [alias], 0) if isinstance(node, ast.ImportFrom) else ast.Import([alias])


def _definitions(module: ModuleType) -> Iterator[tuple[str, ast.stmt, str]]:
    source = inspect.getsource(module)
    for node in ast.parse(source).body:
        name = node.name if isinstance(node, (ast.ClassDef, ast.FunctionDef)) else _target(node)
        if name:
            yield name, node, _without_answer(source, node)


def _without_answer(source: str, node: ast.stmt) -> str:
    """The definition's source; where it returns an ``Answer`` it returns what was given."""
    text = ast.get_source_segment(source, node) or ""
    for part in ast.walk(node):
        if _is_answer(part):
            given = ast.get_source_segment(source, _parts(part)["given"]) or ""
            text = text.replace(ast.get_source_segment(source, part) or "", f"return {given}")
    return text.replace(" -> Answer:", ":")
