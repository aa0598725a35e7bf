"""What a learner did, as one record: the lessons, the exercises, the misconceptions met and overcome, the time.

In go the rows and events of their progress; out comes a ``Certificate``, plain data that ``certificate_page`` draws. It
claims no more than the file says: nobody watched, and a time is only guessed from when things were handed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise

from pytorch_basics import __version__, mistakes
from pytorch_basics.course import catalogue
from pytorch_basics.course.overview import states
from pytorch_basics.practice.progress import Event, Row

LONGEST_PAUSE = 30 * 60.0  # seconds between two events; a longer one was not work


@dataclass(frozen=True)
class Done:
    """One exercise as it stands. ``hints`` and ``revealed`` are the help that was taken."""

    title: str
    passed: bool
    tried: int
    hints: int
    revealed: bool


@dataclass(frozen=True)
class Lesson:
    """One lesson and its exercises, in order."""

    title: str
    exercises: tuple[Done, ...]

    @property
    def passed(self) -> int:
        return sum(done.passed for done in self.exercises)


@dataclass(frozen=True)
class Met:
    """A misconception that fired. ``overcome`` is when the exercise was passed after it, None when not yet."""

    belief: str
    exercise: str
    first: datetime
    times: int
    overcome: datetime | None


@dataclass(frozen=True)
class Certificate:
    """All of it. ``minutes`` of work are the time between events, without pauses longer than ``LONGEST_PAUSE``."""

    name: str
    written: datetime
    lessons: tuple[Lesson, ...]
    met: tuple[Met, ...]
    first: datetime | None
    last: datetime | None
    minutes: int
    versions: tuple[tuple[str, str], ...]

    @property
    def exercises(self) -> tuple[Done, ...]:
        return tuple(done for lesson in self.lessons for done in lesson.exercises)


def certificate(rows: dict[str, Row], events: list[Event], name: str, now: datetime) -> Certificate:
    """The record of this progress. Exercises that the course no longer has are left out."""
    known = [event for event in events if catalogue.find(event.exercise) is not None]
    return Certificate(
        name=name,
        written=now,
        lessons=tuple(Lesson(state.title, tuple(_done(id, rows.get(id)) for id in state.exercises))
                      for state in states(rows)),
        met=tuple(_met(known)),
        first=datetime.fromtimestamp(known[0].at) if known else None,
        last=datetime.fromtimestamp(known[-1].at) if known else None,
        minutes=round(worked([event.at for event in known]) / 60),
        versions=(("pytorch-basics", __version__), ("PyTorch", _torch())),
    )  # fmt: skip


def worked(times: list[float]) -> float:
    """Seconds between one event and the next, where they are no longer than a pause."""
    return sum(gap for a, b in pairwise(times) if 0 <= (gap := b - a) <= LONGEST_PAUSE)


def _done(id: str, row: Row | None) -> Done:
    title = _title(id)
    return Done(title, row.passed, row.tried, row.hints, row.revealed) if row else Done(title, False, 0, 0, False)


def _title(id: str) -> str:
    task = catalogue.find(id)
    return task.title if task else id


def _met(events: list[Event]) -> Iterable[Met]:
    for exercise, name in dict.fromkeys((e.exercise, e.misconception) for e in events if e.misconception):
        fired = [event for event in events if (event.exercise, event.misconception) == (exercise, name)]
        after = (e.at for e in events if e.exercise == exercise and e.what == "passed" and e.at >= fired[-1].at)
        passed = next(after, None)
        yield Met(
            belief=_belief(exercise, str(name)),
            exercise=_title(exercise),
            first=datetime.fromtimestamp(fired[0].at),
            times=len(fired),
            overcome=None if passed is None else datetime.fromtimestamp(passed),
        )


def _belief(exercise: str, name: str) -> str:
    """The mistake's title, or for a wrong solution the first sentence of what the learner was told."""
    titles = {mistake.id: mistake.title for mistake in mistakes.all_mistakes()}
    if name in titles:
        return titles[name]
    solutions = import_module(f"pytorch_basics.course.{exercise.split('.')[0]}.solutions").SOLUTIONS.get(exercise)
    found = [wrong.message for wrong in solutions.wrong if f"{exercise}:{wrong.name}" == name] if solutions else []
    return _first_sentence(found[0]) if found else name.rpartition(":")[2].replace("_", " ")


def _first_sentence(message: str) -> str:
    line = message.strip().partition("\n")[0]
    for end in (". ", "? ", "! "):
        head, found, _ = line.partition(end)
        line = head + found.strip() if found else line
    return line


def _torch() -> str:
    try:
        return version("torch")
    except PackageNotFoundError:
        return "not installed"
