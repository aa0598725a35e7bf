"""An expression taken apart: what kind it is, what it does, and its operands; and what a function returns.

In go syntax trees; out come the pieces that steps are made of.
"""

from __future__ import annotations

import ast

from pytorch_basics.instruments.failure.naming import sign
from pytorch_basics.instruments.failure.scope import Scope

Path = tuple[int | str, ...]


def element(node: ast.expr, key: int | str) -> ast.expr | None:
    """The element of a list, tuple or dict that is written out."""
    if isinstance(node, ast.Tuple | ast.List) and isinstance(key, int) and -len(node.elts) <= key < len(node.elts):
        return node.elts[key]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return next((value for k, value in pairs if isinstance(k, ast.Constant) and k.value == key), None)
    return None


def parts_of(node: ast.AST) -> tuple[str, str, list[ast.expr]]:
    """The kind of an expression, what it does, and its operands."""
    if isinstance(node, ast.Name):
        return "name", "", [node]
    if isinstance(node, ast.BinOp):
        return "operator", sign(node.op), [node.left, node.right]
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        return "literal", "", []
    if isinstance(node, ast.UnaryOp):
        return "operator", sign(node.op), [node.operand]
    if isinstance(node, ast.BoolOp):
        return "operator", sign(node.op), node.values
    if isinstance(node, ast.Compare):
        return "compare", sign(node.ops[0]), [node.left, *node.comparators]
    if isinstance(node, ast.Subscript):
        return "subscript", "[]", [node.value, node.slice]
    if isinstance(node, ast.Attribute):
        return "attribute", f"Tensor.{node.attr}", [node.value]
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return "list", type(node).__name__.lower(), node.elts[:8]
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return "list", "comprehension", []
    if isinstance(node, ast.Dict):
        return "list", "dict", [value for value in node.values[:8] if value is not None]
    if isinstance(node, ast.Constant):
        return "literal", "", []
    return "other", "", []


def returned(scope: Scope) -> list[ast.Return | ast.Yield | ast.Lambda]:
    """Where a function returns something."""
    if isinstance(scope.space, ast.Lambda):
        return [scope.space]
    found: list[ast.Return | ast.Yield | ast.Lambda] = []
    waiting: list[ast.AST] = list(getattr(scope.space, "body", []))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
            found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return found
