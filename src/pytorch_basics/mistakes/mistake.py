"""A mistake as one object: what a learner believed, how it shows, and what to write instead.

In go the texts, a ``broken()`` that shows the mistake, a ``fixed()`` that repairs it, and two ways to recognise it.
``shown_by`` reads an exercise's evidence: an exception (``Raised``) or an answer beside the one that was expected
(``Answer``). ``signs`` reads records of the learner's own code: of an exception (``FailureRecord``) or of a run
(``RunRecord``), and says where it saw the mistake. The same object speaks in exercise feedback, in the lessons, in the
field guide and through the doctor.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.language import say, told


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
Record = FailureRecord | RunRecord


@dataclass(frozen=True)
class Sign:
    """Where a record shows a mistake, in the learner's own names and numbers.

    ``place`` is the line to change, ``also`` other lines that have to do with it. ``seen`` is one sentence on what
    happened here; ``instead`` the line to write, filled in; ``evidence`` what the learner can check, each a sentence.
    ``sure`` is False for what could be meant.
    """

    place: Place
    seen: str
    instead: str
    evidence: tuple[str, ...] = ()
    sure: bool = True
    also: tuple[Place, ...] = ()


def never(evidence: Evidence) -> bool:
    """What no exercise shows: only the doctor tells of such a mistake."""
    return False


def no_signs(record: Record) -> Iterator[Sign]:
    """What no record shows: only exercises do."""
    yield from ()


@dataclass(frozen=True)
class Mistake:
    """One misconception. ``id`` is stable and reads ``topic.name``; ``code`` is its row in the bank (``T5``), empty
    for one that only the doctor tells of. ``also`` lists what else ``broken()`` rightly shows. A ``general`` one speaks
    only where no other does."""

    id: str
    code: str
    title: str
    see: str
    why: str
    instead: str
    broken: Callable[[], object]
    fixed: Callable[[], object]
    shown_by: Callable[[Evidence], bool] = never
    signs: Callable[[Record], Iterator[Sign]] = no_signs
    also: tuple[str, ...] = ()
    general: bool = False

    def message(self) -> str:
        """The mistake in three sentences, in the learner's language: what you see, why, what to write instead."""
        return say(
            "{see} {why} Write instead: {instead}",
            see=self.told(self.see), why=self.told(self.why), instead=self.told(self.instead),
        )  # fmt: skip

    def told(self, text: str) -> str:
        """One of its texts in the learner's language; translations stand beside the mistakes of its folder."""
        return told(f"pytorch_basics.mistakes.{self.id.split('.')[0]}", text)


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
