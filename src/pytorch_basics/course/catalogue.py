"""Finding exercises: by id, by topic, or all of them, without importing any solution.

In goes an id such as ``memory.strides_of``; out comes its ``Exercise`` or ``Prediction``. Topics are imported as
they are asked for.
"""

from __future__ import annotations

from importlib import import_module

from pytorch_basics.course import COURSE
from pytorch_basics.practice.exercise import Exercise, Prediction


def of_topic(topic: str) -> tuple[Exercise | Prediction, ...]:
    """A topic's exercises in the order they are taught."""
    found: tuple[Exercise | Prediction, ...] = import_module(f"pytorch_basics.course.{topic}.exercises").EXERCISES
    return found


def ids() -> list[str]:
    """Every exercise id of the course, in order."""
    return [exercise.id for topic in COURSE for exercise in of_topic(topic)]


def find(id: str) -> Exercise | Prediction | None:
    """The exercise of this id, or None."""
    topic = id.split(".")[0]
    if topic not in COURSE:
        return None
    return next((exercise for exercise in of_topic(topic) if exercise.id == id), None)
