"""A source file as a syntax tree that can be asked: which expression stands here, what is around it, how it reads.

In go a file's name (a notebook's cell counts: ``linecache`` knows it) and positions in it; out come nodes and text.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from types import CodeType, FrameType

from pytorch_basics.instruments.place import Place

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Space = Function | ast.Module | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SPACES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Module)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Span = tuple[int, int, int, int]  # first line, last line, first column, end column, as ``co_positions`` gives them
LONGEST = 200


class Source:
    """One parsed file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.tree = ast.parse(text)
        self.parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """What is around ``node``, the nearest first."""
        while (above := self.parents.get(node)) is not None:
            yield above
            node = above

    def space(self, node: ast.AST) -> Space:
        """The function, comprehension or file whose names ``node`` sees first."""
        for above in self.up(node):
            if isinstance(above, SPACES + COMPREHENSIONS):
                return above
        return self.tree

    def around(self, node: ast.AST) -> ast.ClassDef | None:
        """The class whose body holds this function directly."""
        above = self.parents.get(node)
        return above if isinstance(above, ast.ClassDef) else None

    def qualified(self, node: ast.AST) -> str:
        """The qualified name of the function around ``node``, as Python gives it (``main.<locals>.Net.forward``);
        ``<module>`` outside of all."""
        names: list[str] = []
        for above in (node, *self.up(node)):
            if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = bool(names) and not isinstance(above, ast.ClassDef)
                names += ["<locals>", above.name] if inner else [above.name]
        return ".".join(reversed(names)) or "<module>"

    def within(self, node: ast.AST) -> tuple[tuple[str, Place], ...]:
        """The ``with`` and ``if`` statements and decorators around ``node`` in its function, the nearest first."""
        found: list[tuple[str, Place]] = []
        for above in self.up(node):
            if isinstance(above, ast.With | ast.AsyncWith):
                exprs = [item.context_expr for item in above.items]
                found += [(self.text(part), self.place_of_line(part.lineno, part)) for part in exprs]
            if isinstance(above, ast.If):
                found.append((f"if {self.text(above.test)}", self.place_of_line(above.lineno, above)))
            if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [(self.text(part), self.place_of_line(part.lineno, part)) for part in above.decorator_list]
                break
        return tuple(found)

    def text(self, node: ast.AST) -> str:
        """How ``node`` reads, on one line."""
        found = ast.get_source_segment("\n".join(self.lines), node) if _small(node) else None
        short = " ".join((found or "").split())
        return short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Where ``node`` begins; of a chain of methods over several lines, where its last call stands."""
        line = node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            line = node.func.end_lineno or line
        return self.place_of_line(line, node)

    def place_of_line(self, line: int, node: ast.AST) -> Place:
        """A line with the function around ``node``."""
        text = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        return Place(self.file, line, self.qualified(node), text)

    def at(self, span: Span) -> ast.expr | ast.stmt | None:
        """The expression at exactly this span; else the smallest node that holds it."""
        best: ast.expr | ast.stmt | None = None
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr | ast.stmt) and _span(node) == span:
                best = node if best is None or isinstance(best, ast.stmt) else best
        return best if best is not None else self._holding(span)

    def _holding(self, span: Span) -> ast.expr | ast.stmt | None:
        holding = [n for n in ast.walk(self.tree) if isinstance(n, ast.expr | ast.stmt) and _holds(n, span)]
        return holding[-1] if holding else None

    def function(self, code: CodeType) -> Space | None:
        """The function, class body aside, that this code object was compiled from."""
        if code.co_name == "<module>":
            return self.tree
        found: list[Space] = []
        for node in ast.walk(self.tree):
            if isinstance(node, SPACES + COMPREHENSIONS) and not isinstance(node, ast.Module):
                found += [node] if (_named(node), _first_line(node)) == (code.co_name, code.co_firstlineno) else []
        return found[0] if len(found) == 1 else _by_columns(found, code)

    def class_of(self, name: str, line: int) -> ast.ClassDef | None:
        """The class of this name around this line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and node.name == name and node.lineno <= line <= (node.end_lineno or 0):
                return node
        return None


def _by_columns(found: list[Space], code: CodeType) -> Space | None:
    # Several lambdas or comprehensions on one line: the one whose span holds the code's columns.
    spans = [p for p in code.co_positions() if None not in p and (p[1] or 0) >= (p[0] or 0)]
    for node in reversed(found):
        if spans and isinstance(node, ast.expr) and all(_holds(node, span) for span in spans[-3:]):  # type: ignore[arg-type]  # no None is left
            return node
    return found[-1] if found else None


def _named(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name
    names = {ast.ListComp: "<listcomp>", ast.SetComp: "<setcomp>", ast.DictComp: "<dictcomp>"}
    return names.get(type(node), "<genexpr>" if isinstance(node, ast.GeneratorExp) else "<lambda>")


def _first_line(node: ast.AST) -> int:
    decorators = getattr(node, "decorator_list", [])
    return int(decorators[0].lineno if decorators else node.lineno)  # type: ignore[attr-defined]  # all of these have one


def _span(node: ast.expr | ast.stmt) -> Span:
    return node.lineno, node.end_lineno or node.lineno, node.col_offset, node.end_col_offset or 0


def _holds(node: ast.expr | ast.stmt, span: Span) -> bool:
    first, last, column, end = span
    starts = (node.lineno, node.col_offset) <= (first, column)
    return starts and (node.end_lineno or 0, node.end_col_offset or 0) >= (last, end)


def _small(node: ast.AST) -> bool:
    return (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) < 40


_parsed: dict[str, tuple[str, Source | None]] = {}


def source_of(file: str) -> Source | None:
    """The file as a tree, None where its text is not known or does not parse. Parsed once for each text."""
    text = "".join(linecache.getlines(file))
    if not text:
        return None
    if file not in _parsed or _parsed[file][0] != text:
        _parsed[file] = text, _parse(file, text)
    return _parsed[file][1]


def _parse(file: str, text: str) -> Source | None:
    try:
        return Source(file, text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def span_of(frame: FrameType, last_instruction: int) -> Span | None:
    """The span of the instruction at which this frame was left."""
    code = frame.f_code
    for k, span in enumerate(code.co_positions()):
        if k == last_instruction // 2:
            return None if None in span else span  # type: ignore[return-value]  # no None is in it
    return None
