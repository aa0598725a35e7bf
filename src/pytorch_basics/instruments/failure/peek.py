"""Read what a name or an attribute holds without running the learner's code.

In go an expression (its syntax tree) and the names that can be seen there; out comes the object, or ``UNKNOWN``. Names
are looked up, attributes read from ``__dict__`` alone, arithmetic done on plain numbers: no property runs, no
``__getattr__``, no ``__getitem__`` of an unknown class.
"""

from __future__ import annotations

import ast
import operator
import types
from collections.abc import Callable
from typing import Any

from pytorch_basics.instruments.failure.values.capture import is_module, is_tensor

UNKNOWN: Any = object()
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_OF_TENSORS = ("shape", "dtype", "device", "ndim", "requires_grad")
_TABLES = ("_parameters", "_buffers", "_modules")


def peek(node: ast.expr, name: Callable[[ast.Name], Any]) -> Any:
    """What ``node`` holds; ``name`` looks a plain name up."""
    try:
        return _peek(node, name)
    except Exception:  # an overflow, a key of a strange class: then it is unknown
        return UNKNOWN


def _peek(node: ast.expr, name: Callable[[ast.Name], Any]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return name(node)
    if isinstance(node, ast.Attribute):
        owner = _peek(node.value, name)
        return UNKNOWN if owner is UNKNOWN else attribute(owner, node.attr)
    if isinstance(node, ast.Subscript):
        return _item(_peek(node.value, name), _peek(node.slice, name))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _peek(node.operand, name)
        return -number if type(number) in (int, float) else UNKNOWN
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        left, right = _peek(node.left, name), _peek(node.right, name)
        numbers = all(type(side) in (int, float) for side in (left, right))
        return _ARITHMETIC[type(node.op)](left, right) if numbers else UNKNOWN
    if isinstance(node, ast.Tuple):
        parts = [_peek(part, name) for part in node.elts]
        return UNKNOWN if any(part is UNKNOWN for part in parts) else tuple(parts)
    if isinstance(node, ast.Call):
        return _size(node, name)
    return UNKNOWN


def _size(node: ast.Call, name: Callable[[ast.Name], Any]) -> Any:
    """``x.size(0)``, ``x.size()``, ``len(x)``: what a call of these tells of a tensor or a plain container."""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "size":
        owner = _peek(node.func.value, name)
        place = [_peek(part, name) for part in node.args]
        if is_tensor(owner) and len(place) <= 1:
            return owner.shape[place[0]] if place else tuple(owner.shape)
    if isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1:
        owner = _peek(node.args[0], name)
        return len(owner) if is_tensor(owner) or type(owner) in (list, tuple, dict, str) else UNKNOWN
    return UNKNOWN


def _item(owner: Any, key: Any) -> Any:
    if type(owner) in (list, tuple) and type(key) is int:
        return owner[key]
    if type(owner) is dict and type(key) in (int, str):
        return owner.get(key, UNKNOWN)
    if is_tensor(owner) or UNKNOWN in (owner, key):
        return UNKNOWN
    if type(owner).__module__ == "torch" and isinstance(owner, tuple) and type(key) is int:
        return owner[key]  # a torch.Size
    if is_module(owner) and type(key) is int:
        children = list(vars(owner).get("_modules", {}).values())
        return children[key] if -len(children) <= key < len(children) else UNKNOWN
    return UNKNOWN


def attribute(owner: Any, attr: str) -> Any:
    """``owner.attr`` where reading it runs nobody's code."""
    if is_tensor(owner):
        return _of_tensor(owner, attr)
    if isinstance(owner, types.ModuleType):
        return vars(owner).get(attr, UNKNOWN)
    if isinstance(owner, type):
        return _of_class(owner, attr)
    space = _space(owner)
    if attr in space:
        return space[attr]
    if is_module(owner):
        for table in _TABLES:
            if attr in space.get(table, {}):
                return space[table][attr]
    found = _of_class(type(owner), attr)
    return types.MethodType(found, owner) if isinstance(found, types.FunctionType) else _plain_only(found)


def _space(owner: Any) -> dict[str, Any]:
    try:
        return object.__getattribute__(owner, "__dict__")  # type: ignore[no-any-return]  # it is one
    except AttributeError:
        return {}


def _of_tensor(tensor: Any, attr: str) -> Any:
    if attr in _OF_TENSORS:
        return getattr(tensor, attr)
    if attr == "grad" and tensor.is_leaf:
        return tensor.grad
    return UNKNOWN


def _of_class(kind: type, attr: str) -> Any:
    for base in type.__dict__["__mro__"].__get__(kind):
        if attr in base.__dict__:
            found = base.__dict__[attr]
            return found.__func__ if isinstance(found, staticmethod | classmethod) else found
    return UNKNOWN


def _plain_only(found: Any) -> Any:
    # A property or another descriptor of a class is no value of the object.
    return UNKNOWN if hasattr(type(found), "__get__") else found
