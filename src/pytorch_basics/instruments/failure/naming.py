"""What a call calls, by its documented name, and how an operator is written.

In go a call's syntax tree, its scope and the object called, where that is known; out comes ``torch.cat``,
``Tensor.view``, ``nn.Linear``, or the text where nothing is known.
"""

from __future__ import annotations

import ast
from typing import Any

from pytorch_basics.instruments.failure.bindings import dotted
from pytorch_basics.instruments.failure.peek import UNKNOWN
from pytorch_basics.instruments.failure.scope import Scope
from pytorch_basics.instruments.failure.values.capture import is_module, is_tensor, is_tensor_method
from pytorch_basics.instruments.failure.values.named import fold, named_as

_SIGNS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Invert: "~",
    ast.Not: "not",
    ast.And: "and",
    ast.Or: "or",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.Is: "is",
}
# A method of both tensors and Python's own: called on something unknown, it says nothing of tensors.
_SHARED = (
    "copy",
    "count",
    "index",
    "sort",
    "split",
    "type",
    "format",
    "clear",
    "pop",
    "items",
    "keys",
    "values",
    "get",
)


def sign(operation: ast.AST) -> str:
    """An operator as it is written."""
    return _SIGNS.get(type(operation), "")


def callee(node: ast.Call, scope: Scope, thing: Any) -> str:
    """What this call calls."""
    if is_module(thing):
        return named_as(type(thing))
    if thing is not UNKNOWN and callable(thing) and not isinstance(node.func, ast.Attribute):
        return _public(node.func, scope) or named_as(thing)
    if not isinstance(node.func, ast.Attribute):
        return dotted(node.func) or scope.source.text(node.func)
    return _method(node.func, scope, thing)


def _method(node: ast.Attribute, scope: Scope, thing: Any) -> str:
    owner = scope.peek(node.value)
    if is_tensor(owner):
        return f"Tensor.{node.attr}"
    if thing is not UNKNOWN and callable(thing):
        return _public(node, scope) or named_as(thing)
    if owner is not UNKNOWN:
        return f"{named_as(type(owner))}.{node.attr}"
    unknown = is_tensor_method(node.attr) and node.attr not in _SHARED
    return f"Tensor.{node.attr}" if unknown else dotted(node) or f".{node.attr}"


def _public(node: ast.expr, scope: Scope) -> str:
    """The name by which the learner reached a function of a package: ``F.relu`` is ``nn.functional.relu``."""
    if not isinstance(node, ast.Attribute):
        return ""
    home = scope.peek(node.value)
    if type(home).__name__ != "module":
        return ""
    name = f"{home.__name__}.{node.attr}"
    return fold(name) if name.startswith(("torch.", "numpy.")) else ""
