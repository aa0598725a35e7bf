"""The course at a glance: its topics, what is passed of each, and the next step.

In go the rows of a learner's progress; out comes a plain ``Overview`` and its Markdown, which the start page, the
``progress`` verb and the command line show.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from pytorch_basics.course import COURSE
from pytorch_basics.course.catalogue import of_topic
from pytorch_basics.language import later, say, told
from pytorch_basics.practice.progress import Row

ALL_PASSED = later(
    "You passed every exercise there is. `pytorch-basics progress --html progress.html` in a terminal writes a page of "
    "it, to keep or to print."
)


@dataclass(frozen=True)
class TopicState:
    """One topic: its notebook, its exercises' ids in order, and which are passed and tried."""

    topic: str
    title: str
    notebook: str
    minutes: int
    exercises: tuple[str, ...]
    passed: tuple[str, ...]
    tried: int
    misconceptions: tuple[str, ...]


def states(rows: dict[str, Row]) -> list[TopicState]:
    """Every topic of the course as it stands."""
    found = []
    for topic in COURSE:
        tasks = of_topic(topic)
        mine = [rows[task.id] for task in tasks if task.id in rows]
        found.append(
            TopicState(
                topic=topic,
                title=title(topic),
                notebook=notebook_name(topic),
                minutes=sum(task.minutes for task in tasks),
                exercises=tuple(task.id for task in tasks),
                passed=tuple(row.exercise for row in mine if row.passed),
                tried=sum(row.tried for row in mine),
                misconceptions=tuple(dict.fromkeys(name for row in mine for name in row.misconceptions)),
            )
        )
    return found


def notebook_name(topic: str) -> str:
    """``memory`` → ``02_memory.ipynb``."""
    return f"{COURSE.index(topic):02d}_{topic}.ipynb"


def lesson_source(topic: str) -> str:
    """The text of the topic's lesson."""
    return files("pytorch_basics.course").joinpath(topic, "lesson.py").read_text(encoding="utf-8")


def title(topic: str) -> str:
    """The lesson's heading, in the learner's language."""
    heading = next(line for line in lesson_source(topic).splitlines() if line.startswith("# # "))[2:].strip()
    return told(f"pytorch_basics.course.{topic}", heading).removeprefix("# ")


def overview(rows: dict[str, Row], folder: str = "") -> str:
    """The course as Markdown; ``folder`` is put before the notebooks' names."""
    found = states(rows)
    headings = (say("lesson"), say("exercises passed"), say("time for the exercises"))
    lines = [f"| {' | '.join(headings)} |", "|---|---|---|"]
    for state in found:
        done = say("{some} of {all}", some=len(state.passed), all=len(state.exercises))
        done += " ✓" * (len(state.passed) == len(state.exercises))
        minutes = say("{n} min", n=state.minutes)
        lines.append(f"| [{state.title}]({folder}{state.notebook}) | {done} | {minutes} |")
    following = next_step(found)
    if following is None:
        return "\n".join([*lines, "", say(ALL_PASSED)])
    exercise, state = following
    link = f"[{state.title}]({folder}{state.notebook})"
    onward = say("**Next step:** `{exercise}` in {link}", exercise=exercise, link=link)
    return "\n".join([*lines, "", onward])


def next_step(found: list[TopicState]) -> tuple[str, TopicState] | None:
    """The first exercise that is not passed, and its topic; None when all are."""
    for state in found:
        for exercise in state.exercises:
            if exercise not in state.passed:
                return exercise, state
    return None


def lines(rows: dict[str, Row]) -> list[str]:
    """The course as lines for a terminal, with the misconceptions that fired."""
    found = states(rows)
    shown = []
    for state in found:
        shown.append(
            f"{state.topic:<12} passed {len(state.passed)} of {len(state.exercises)}, tried {state.tried} times"
        )
        shown += [f"{'':<12} misconception met: {name}" for name in state.misconceptions]
    following = next_step(found)
    return [*shown, "", f"Next: {following[0]} in {following[1].notebook}" if following else ALL_PASSED]
