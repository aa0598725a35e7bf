"""The words in a piece of code, its comments and docstrings, and the same code with other ones.

In goes source; out come the words one by one (``words``), or the source with each replaced (``replaced``). Nothing
else of the code can change. Source that is no Python (a cell with a magic) has no words.
"""

from __future__ import annotations

import ast
import inspect
import io
import textwrap
import tokenize
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class _Place:
    """Where words stand: lines from 1, columns from 0, as Python's tokens count them."""

    text: str
    begin: tuple[int, int]
    end: tuple[int, int]
    kind: str  # "docstring", "line" of comment, or "comment" behind code


def words(source: str) -> list[str]:
    """Each comment (lines below each other are one) and each docstring, as it is read."""
    return [place.text for place in _places(source)]


def replaced(source: str, translate: Callable[[str], str]) -> str:
    """The source with ``translate(words)`` in place of its words."""
    lines = source.splitlines(keepends=True)
    for place in reversed(_places(source)):
        said = translate(place.text)
        if said == place.text:
            continue
        (row, column), (last, end) = place.begin, place.end
        indent = " " * (len(lines[row - 1]) - len(lines[row - 1].lstrip()))
        written = _docstring(said, indent) if place.kind == "docstring" else f"\n{indent}".join(_comment(said))
        lines[row - 1 : last] = [f"{lines[row - 1][:column]}{written}{lines[last - 1][end:]}"]
    made = "".join(lines)
    return made if _tree(made) == _tree(source) else source


def _comment(text: str) -> list[str]:
    return [f"# {line}".rstrip() for line in text.splitlines()]


def _docstring(text: str, indent: str) -> str:
    body = textwrap.indent(text, indent).lstrip()
    return f'"""{body}\n{indent}"""' if "\n" in text else f'"""{body}"""'


def _tree(source: str) -> str | None:
    """The program without its docstrings, to be compared; None where it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    for node in _documented(tree):
        node.body = node.body[1:]
    return ast.dump(tree)


def _documented(tree: ast.Module) -> list[ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds) and ast.get_docstring(node) is not None]


def _places(source: str) -> list[_Place]:
    try:
        tree = ast.parse(source)
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return []
    documented = {(node.body[0].lineno, node.body[0].col_offset) for node in _documented(tree)}
    found: list[_Place] = []
    for token in tokens:
        if token.type == tokenize.COMMENT:
            kind = "comment" if token.line[: token.start[1]].strip() else "line"
            _add(found, _Place(token.string[1:].strip(), token.start, token.end, kind))
        elif token.type == tokenize.STRING and token.start in documented:
            text = inspect.cleandoc(ast.literal_eval(token.string))
            found.append(_Place(text, token.start, token.end, "docstring"))
    return found


def _add(found: list[_Place], place: _Place) -> None:
    """A line of comment goes on from the one right above it."""
    before = found[-1] if found else None
    if before and place.kind == before.kind == "line" and before.end[0] + 1 == place.begin[0]:
        found[-1] = _Place(f"{before.text}\n{place.text}", before.begin, place.end, "line")
    else:
        found.append(place)
