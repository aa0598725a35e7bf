"""Whose code a file is: the learner's, or a package's that the learner called.

In go file names; out comes yes or no. PyTorch, Python's own library, installed packages and this package's machinery
are not the learner's.
"""

from __future__ import annotations

from functools import lru_cache
from os import sep
from pathlib import Path
from types import FunctionType

from pytorch_basics.instruments.trace.frames import is_inner

_PACKAGE = Path(__file__).parents[2]
# The mistakes and the lessons hold programs that stand for a learner's.
_MACHINERY = tuple(str(_PACKAGE / name) for name in ("doctor", "practice", "lab", "cli.py", "__main__.py"))


@lru_cache(maxsize=4096)
def learners(file: str) -> bool:
    """Whether this file is the learner's own."""
    if is_inner(file) or file.startswith(_MACHINERY):
        return False
    return f"{sep}site-packages{sep}" not in file and f"{sep}dist-packages{sep}" not in file


def functions_of(kind: type) -> list[FunctionType]:
    """The functions written in the body of a class, in order."""
    found = []
    for value in dict(type.__dict__["__dict__"].__get__(kind)).values():
        inner = value.__func__ if isinstance(value, staticmethod | classmethod) else value
        inner = inner.fget if isinstance(inner, property) else inner
        if isinstance(unwrapped := _unwrapped(inner), FunctionType):
            found.append(unwrapped)
    return found


def _unwrapped(function: object) -> object:
    # A decorator such as ``torch.no_grad()`` keeps what it wraps.
    for _ in range(8):
        if not isinstance(function, FunctionType) or "__wrapped__" not in function.__dict__:
            break
        function = function.__dict__["__wrapped__"]
    return function


def own_function(thing: object) -> FunctionType | None:
    """The learner's function behind a function, a method or a decorated one; None for anything else."""
    inner = _unwrapped(getattr(thing, "__func__", thing) if not isinstance(thing, type) else None)
    return inner if isinstance(inner, FunctionType) and learners(inner.__code__.co_filename) else None


def own_classes(kind: type) -> list[type]:
    """The learner's classes among a class and its bases, the class first."""
    mro = type.__dict__["__mro__"].__get__(kind)
    return [base for base in mro if any(learners(f.__code__.co_filename) for f in functions_of(base))]
