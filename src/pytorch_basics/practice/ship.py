"""A learner's function or class as bytes that the sandbox can load.

In goes the decorated object, before its name is bound in the notebook; out come its pickle (by value, with
cloudpickle) and the source of the cells it came from, for traces. The name is bound for the moment of pickling,
so that a recursive function finds itself, and ``super(Net, self)`` finds this ``Net``, not the one before.
"""

from __future__ import annotations

import dis
import io
import linecache
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import CO_OPTIMIZED
from types import CodeType, FunctionType, ModuleType
from typing import Any

import cloudpickle

from pytorch_basics.errors import Problem

MOST_BYTES = 20 * 2**20


class _Capped(io.BytesIO):
    """Refuses to grow past the limit, so that a huge global is noticed before it is copied whole."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > MOST_BYTES:
            raise Problem(f"it needs more than {MOST_BYTES // 2**20} MB of your notebook's variables")
        return super().write(data)


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle publishes no types
    """Sends the globals of class bodies too: cloudpickle follows the names that functions load, and a class that is
    made inside a function (with its annotations and default values) loads them in another way."""

    def reducer_override(self, obj: Any) -> Any:
        reduced = super().reducer_override(obj)
        if isinstance(obj, FunctionType) and isinstance(reduced, tuple) and len(reduced) > 2:
            space = obj.__globals__
            reduced[2][1]["__globals__"].update({n: space[n] for n in _body_names(obj.__code__) if n in space})
        return reduced


def _body_names(code: CodeType) -> set[str]:
    """What class bodies inside the code look up by name, wherever that turns out to be."""
    bodies = (one for one in _nested(code) if not one.co_flags & CO_OPTIMIZED)
    return {str(step.argval) for body in bodies for step in dis.get_instructions(body) if step.opname in _BY_NAME}


_BY_NAME = ("LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")


def ship(answer: Any) -> tuple[bytes, dict[str, str]]:
    """The pickle and ``{file name: source}``. Raises ``Problem`` in the learner's words when it cannot be sent."""
    codes = list(_codes(answer))
    large = _large_globals(answer, codes)
    if large:
        raise Problem(f"it uses {large}, too large to send to the sandbox. Make it an argument or a smaller copy")
    buffer = _Capped()
    with _bound(answer), _own_modules_by_value():
        try:
            _Pickler(buffer, protocol=5).dump(answer)
        except Problem:
            raise
        except Exception as error:  # whatever a learner's object raises when it is pickled
            raise Problem(f"it holds something that cannot be sent to the sandbox ({error})") from error
    return buffer.getvalue(), {name: "".join(linecache.getlines(name)) for name in _all_files(answer)}


def _all_files(answer: Any) -> list[str]:
    """The files of the object and of the learner's functions and classes that it uses, wherever they were written."""
    seen: dict[int, Any] = {id(answer): answer}
    waiting = [answer]
    while waiting:
        one = waiting.pop()
        space = _globals(one)
        used = (space[name] for code in _codes(one) for name in code.co_names if name in space)
        for found in (*used, *getattr(one, "__bases__", ())):
            own = isinstance(found, (FunctionType, type)) and found.__module__ == answer.__module__
            if own and id(found) not in seen:
                seen[id(found)] = found
                waiting.append(found)
    return list(dict.fromkeys(name for one in seen.values() for name in files(one)))


def files(answer: Any) -> list[str]:
    """The files (in a notebook: the cells) that the object's code was written in."""
    return list(dict.fromkeys(code.co_filename for code in _codes(answer)))


def names_used(answer: Any) -> set[str]:
    """Every global, attribute and method name in the code of the object."""
    return {name for code in _codes(answer) for name in code.co_names}


def _functions(answer: Any) -> Iterator[FunctionType]:
    """The function itself, or the methods written in the class."""
    if isinstance(answer, FunctionType):
        yield answer
    elif isinstance(answer, type):
        for value in vars(answer).values():
            function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
            if isinstance(function, FunctionType):
                yield function


def _codes(answer: Any) -> Iterator[CodeType]:
    """The code objects written in the object, and those nested in them."""
    for function in _functions(answer):
        yield from _nested(function.__code__)


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _large_globals(answer: Any, codes: list[CodeType]) -> str:
    space = _globals(answer)
    names = dict.fromkeys(name for code in codes for name in code.co_names if name in space)
    large = [(n, size) for n in names if (size := _bytes(space[n])) > MOST_BYTES]
    return " and ".join(f"`{name}` ({size // 10**6:,} MB)" for name, size in large)


def _bytes(value: Any) -> int:
    try:
        return int(getattr(value, "nbytes", 0))
    except Exception:  # sparse tensors have none, and a learner's property may fail
        return 0


def _globals(answer: Any) -> dict[str, Any]:
    """The namespace in which the object's code looks names up."""
    for function in _functions(answer):
        if function.__module__ == answer.__module__:
            return function.__globals__
    return {}


@contextmanager
def _bound(answer: Any) -> Iterator[None]:
    """Bind the object's name where its code looks it up, and put back what was there."""
    name = getattr(answer, "__name__", None)
    space, cell = _globals(answer), _empty_cell(answer)
    if name is None or not (isinstance(answer, (FunctionType, type))) or getattr(answer, "__module__", None) is None:
        yield
        return
    missing = object()
    before = space.get(name, missing)
    if "<locals>" not in answer.__qualname__:
        space[name] = answer
    if cell is not None:
        cell.cell_contents = answer
    try:
        yield
    finally:
        if before is missing:
            space.pop(name, None)
        else:
            space[name] = before


def _empty_cell(answer: Any) -> Any:
    """The closure cell through which a function made inside another finds itself, while it is still empty."""
    if not isinstance(answer, FunctionType) or not answer.__closure__:
        return None
    for name, cell in zip(answer.__code__.co_freevars, answer.__closure__, strict=True):
        try:
            _ = cell.cell_contents
        except ValueError:
            if name == answer.__name__:
                return cell
    return None


@contextmanager
def _own_modules_by_value() -> Iterator[None]:
    """Send the learner's own modules (files beside the notebook) with their code: the sandbox has no such files."""
    here = os.getcwd() + os.sep
    own = {module.__name__: module for module in list(sys.modules.values()) if _is_own(module, here)}
    for module in own.values():
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in own.values():
            cloudpickle.unregister_pickle_by_value(module)


def _is_own(module: ModuleType, here: str) -> bool:
    """Whether the file lies in this folder and in no installation (``__main__`` goes by value anyway).

    Most modules are told by the beginning of their path: there are thousands, and a check waits for this.
    """
    path = getattr(module, "__file__", None)
    if not path or not path.startswith(here) or module.__name__.split(".")[0] in ("__main__", "pytorch_basics"):
        return False
    return not any(path.startswith(place + os.sep) for place in (sys.prefix, sys.base_prefix, sys.exec_prefix))
