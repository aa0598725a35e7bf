"""A mistake as one object: what a learner believed, how it shows, and what to write instead.

In go the texts, a ``broken()`` that shows the mistake, a ``fixed()`` that repairs it, and ``shown_by``, which
recognises it in evidence. Evidence is plain: an exception (``Raised``) or an answer beside the one that was
expected (``Answer``). The same object speaks in exercise feedback, in the lessons and in the field guide.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Raised:
    """An exception as plain data: its type's name, its message, and the source lines it came through."""

    kind: str
    message: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What some code gave beside what it should have given.

    ``args`` are the inputs as they were passed; ``args_after`` the same after the call, sharing memory with
    ``given`` where the code made them share.
    """

    given: Any
    expected: Any
    args: tuple[Any, ...] = ()
    args_after: tuple[Any, ...] = ()


Evidence = Raised | Answer


@dataclass(frozen=True)
class Mistake:
    """One misconception. ``id`` is stable and reads ``topic.name``; ``code`` is its row in the bank (``T5``)."""

    id: str
    code: str
    title: str
    see: str
    why: str
    instead: str
    broken: Callable[[], Answer]
    fixed: Callable[[], Answer]
    shown_by: Callable[[Evidence], bool]
    also: tuple[str, ...] = ()

    def message(self) -> str:
        """The mistake in three sentences: what you see, why, what to write instead."""
        return f"{self.see} {self.why} Write instead: {self.instead}"


def observe(code: Callable[[], Answer]) -> Evidence:
    """Run ``broken`` or ``fixed`` and give what it showed: its answer, or the exception it raised."""
    try:
        return code()
    except Exception as error:
        return raised(error)


def raised(error: BaseException) -> Raised:
    """The exception as evidence."""
    lines = tuple(frame.line or "" for frame in traceback.extract_tb(error.__traceback__))
    return Raised(type(error).__name__, str(error), lines)
