"""The learner's source: the line that an op was called on, and the names that stand there.

In go code objects with a place in them; out come ``LineRecord``s and, from the expression at that place, what its
operands and its result are called. Everything is read from the source text after the traced code has run (a notebook's
cell is known to ``linecache``); where there is no source, a line number is all there is.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from types import CodeType

from pytorch_basics.instruments.trace.record import LineRecord

LONGEST = 40
Span = tuple[int | None, int | None, int | None, int | None]  # line, last line, column, last column


@dataclass(frozen=True)
class Expression:
    """A call or an operation as it is written, and the names its value is bound to."""

    node: ast.AST
    targets: tuple[str, ...]

    @cached_property
    def callee(self) -> str:
        """The last name of what is called: ``view`` of ``x.view(3)``, ``fc1`` of ``self.fc1(x)``; else empty."""
        func = self.node.func if isinstance(self.node, ast.Call) else None
        return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""

    @property
    def is_call(self) -> bool:
        """Whether it is written as a call, and not as an operator or an attribute."""
        return isinstance(self.node, ast.Call)

    @property
    def is_operator(self) -> bool:
        """Whether it is an operation with two sides, either of which may be a number."""
        return isinstance(self.node, ast.BinOp | ast.Compare)

    def texts(self) -> list[str]:
        """The arguments of a call as they are written, short."""
        if not isinstance(self.node, ast.Call):
            return []
        named = [f"{one.arg}=…" if one.arg else f"**{ast.unparse(one.value)}" for one in self.node.keywords]
        return [*(_short(ast.unparse(one)) for one in self.node.args), *named]

    def operands(self, method: bool) -> list[str]:
        """The operands that may be tensors, in order: a name as it is written, empty for anything that has none."""
        node = self.node
        parts: list[ast.AST] = []
        if isinstance(node, ast.Call):
            if method and isinstance(node.func, ast.Attribute):
                parts.append(node.func.value)
            parts += [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.BinOp):
            parts = [node.left, node.right]
        elif isinstance(node, ast.AugAssign):
            parts = [node.target, node.value]
        elif isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.Subscript):
            stored = isinstance(node.ctx, ast.Store)  # the value stored stands elsewhere
            parts = [node.value] if stored else [node.value, *_elements(node.slice)]
        elif isinstance(node, ast.Attribute):
            parts = [node.value]
        elif isinstance(node, ast.UnaryOp):
            parts = [node.operand]
        return [_name(part) for whole in parts for part in _elements(whole) if not _plain(part)]


class Sites:
    """Lines by number, in the order they were first asked for, and the expressions on them."""

    def __init__(self) -> None:
        self.lines: list[LineRecord] = []
        self._numbers: dict[tuple[str, int], int] = {}
        self._sources: dict[int, _Source] = {}

    def line(self, code: CodeType | None, at: int) -> int | None:
        """The position in ``lines`` of the line with this place; None for a place that is nobody's."""
        if code is None:
            return None
        span = self._source(code).span(at)
        return self.at(code.co_filename, span[0] or code.co_firstlineno, code.co_qualname)

    def expression(self, code: CodeType | None, at: int) -> Expression | None:
        """The call or operation at this place, as far as there is source for it."""
        if code is None:
            return None
        source = self._source(code)
        return source.expression(source.span(at))

    def at(self, file: str, number: int, function: str) -> int:
        """The position in ``lines`` of a line."""
        key = file, number
        if key not in self._numbers:
            self._numbers[key] = len(self.lines)
            text = linecache.getline(file, number).rstrip("\n")
            self.lines.append(LineRecord(file, number, function, text))
        return self._numbers[key]

    def _source(self, code: CodeType) -> _Source:
        if id(code) not in self._sources:
            self._sources[id(code)] = _Source(code)
        return self._sources[id(code)]


class _Source:
    """The expressions of one function (of one file, where the code has no ``def``) by where they stand."""

    def __init__(self, code: CodeType) -> None:
        self._code = code  # kept, so that its identity stays its own
        self._spans: list[Span] = list(code.co_positions())
        self._exact: dict[Span, Expression] = {}
        self._ends: dict[tuple[int | None, int | None], Expression] = {}
        tree, above, left = _parsed(code, max((span[1] or 0 for span in self._spans), default=0))
        for node, targets in _expressions(tree) if tree else ():
            found = Expression(node, targets)
            last, end = (node.end_lineno or 0) + above, (node.end_col_offset or 0) + left
            self._exact[node.lineno + above, last, node.col_offset + left, end] = found
            if isinstance(node, ast.Call):
                self._ends[last, end] = found

    def span(self, at: int) -> Span:
        """Where the instruction stands."""
        return self._spans[at // 2] if at // 2 < len(self._spans) else (None, None, None, None)

    def expression(self, span: Span) -> Expression | None:
        """What stands at ``span``; a method called over several lines is only known by its end."""
        return self._exact.get(span) or self._ends.get((span[1], span[3]))


def _parsed(code: CodeType, last: int) -> tuple[ast.AST | None, int, int]:
    """The source of a function alone, where that is possible (a file may be long), with the lines above it and the
    columns to the left of it that were cut off."""
    lines = linecache.getlines(code.co_filename)
    above = code.co_firstlineno - 1
    body = lines[above:last]
    if body and not code.co_name.startswith("<"):
        left = len(body[0]) - len(body[0].lstrip())
        cut = [line[left:] if not line[:left].strip() else line for line in body]
        tree = _tree("".join(cut))
        if tree:
            return tree, above, left
    return _tree("".join(lines)), 0, 0


def _tree(text: str) -> ast.AST | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


_KINDS = (ast.Call, ast.BinOp, ast.AugAssign, ast.Compare, ast.Subscript, ast.Attribute, ast.UnaryOp)


def _expressions(tree: ast.AST) -> Iterator[tuple[ast.expr | ast.AugAssign, tuple[str, ...]]]:
    bound: dict[ast.AST, tuple[str, ...]] = {}
    for node in ast.walk(tree):  # parents come before their children
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            left, right = _elements(node.targets[0]), _elements(node.value)
            if len(left) == len(right) > 1:
                bound.update((value, (_variable(target),)) for target, value in zip(left, right, strict=True))
            else:
                bound[node.value] = tuple(map(_variable, left))
        elif isinstance(node, ast.NamedExpr | ast.AnnAssign) and node.value is not None:
            bound[node.value] = (_variable(node.target),)
        if isinstance(node, _KINDS):
            yield node, (_variable(node.target),) if isinstance(node, ast.AugAssign) else bound.get(node, ())


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _elements(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.List | ast.Tuple):
        return [part for element in node.elts for part in _elements(element)]
    return [node]


def _name(node: ast.AST) -> str:
    """``x``, ``self.w``, ``params[0]``; empty for an expression that is no name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _name(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        inner = _name(node.value)
        return f"{inner}[{node.slice.value!r}]" if inner else ""
    return ""


def _variable(node: ast.AST) -> str:
    # What is assigned to an element, x[0] = y, is mostly copied into it: y does not become x[0].
    return "" if isinstance(node, ast.Subscript) else _name(node)


def _plain(node: ast.AST) -> bool:
    """Whether an operand is surely no tensor: a number, a text, a slice."""
    return isinstance(node, ast.Constant | ast.JoinedStr | ast.Slice) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
    )
