"""A lesson's one text source, made into a notebook.

In goes the name of a topic (or ``front_door``); out comes an unexecuted notebook with fixed cell ids. The places
that a lesson leaves open are filled from what they speak of: ``{{exercise memory.strides_of}}`` becomes the
statement (its examples computed by a reference) and the cell to edit, ``{{reading}}`` and ``{{exercise_minutes}}``
the times, ``{{mistakes}}`` the list of mistakes taught.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import jupytext
import nbformat

from pytorch_basics import mistakes
from pytorch_basics.course import COURSE
from pytorch_basics.course.catalogue import find, of_topic
from pytorch_basics.course.overview import lesson_source, notebook_name, title
from pytorch_basics.lab.welcome import METADATA
from pytorch_basics.mistakes.mistake import Mistake
from pytorch_basics.practice.compare import Failed
from pytorch_basics.practice.drawing import call
from pytorch_basics.practice.exercise import Exercise, Prediction, Solutions
from pytorch_basics.practice.judge import outcomes
from pytorch_basics.practice.perform import pack, unpack

WORDS_A_MINUTE = 200
_EXERCISE = re.compile(r"^\{\{exercise ([\w.]+)\}\}$")


def notebook(topic: str) -> Any:
    """The topic's notebook, not yet executed."""
    found = jupytext.reads(lesson_source(topic), fmt="py:percent")
    times = {"reading": str(reading_minutes(topic)), "exercise_minutes": str(exercise_minutes(topic))}
    cells: list[Any] = []
    for cell in found.cells:
        asked = _EXERCISE.match(cell.source.strip())
        cells += _exercise_cells(asked.group(1)) if asked else [cell]
    if topic in COURSE:
        cells.append(nbformat.v4.new_markdown_cell(_next_lesson(topic)))
    for number, cell in enumerate(cells):
        for name, text in times.items():
            cell.source = cell.source.replace("{{" + name + "}}", text)
        if "{{mistakes}}" in cell.source:
            cell.source = cell.source.replace("{{mistakes}}", _mistakes(topic))
        if not cell.id.startswith("exercise-"):
            cell.id = f"{topic.replace('_', '-')}-{number:03d}"
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def reading_minutes(topic: str) -> int:
    """At 200 words a minute, of the prose and the exercises' statements; code is not counted."""
    text = " ".join(line[1:] for line in lesson_source(topic).splitlines() if line.startswith("# "))
    statements = " ".join(task.statement for task in of_topic(topic)) if topic in COURSE else ""
    return max(1, round(len(f"{text} {statements}".split()) / WORDS_A_MINUTE))


def exercise_minutes(topic: str) -> int:
    return sum(task.minutes for task in of_topic(topic)) if topic in COURSE else 0


def _exercise_cells(id: str) -> list[Any]:
    task = find(id)
    if task is None:
        raise KeyError(f"a lesson asks for the exercise {id}, which does not exist")
    name = id.replace(".", "-").replace("_", "-")
    statement = nbformat.v4.new_markdown_cell(_statement(task), id=f"exercise-{name}-text"[:64])
    if isinstance(task, Prediction):
        asked = ", ".join(f"{fact}=..." for fact in task.asks)
        source = f'pb.predict("{id}", {asked})'
    else:
        source = f'@pb.exercise("{id}")\n{task.stub.rstrip()}'
    cell = nbformat.v4.new_code_cell(source, id=f"exercise-{name}"[:64], metadata={"tags": ["exercise"]})
    return [statement, cell]


def _statement(task: Exercise | Prediction) -> str:
    minutes = f"{task.minutes} minute" + "s" * (task.minutes != 1)
    parts = [f"### ✎ Exercise: {task.title}", f"*About {minutes}.*", task.statement.strip()]
    if isinstance(task, Prediction):
        parts.append(f"```python\n{task.code.strip()}\n```")
        parts.append("Replace each `...` in the next cell by your guess, then run it. Only then run the code itself.")
    else:
        parts.append("For example:\n\n```text\n" + "\n".join(_examples(task)) + "\n```")
        parts.append("The next cell fails until you edit it; that is meant.")
    parts.append(f'Stuck? `pb.hint("{task.id}")` gives a nudge.')
    return "\n\n".join(parts)


def _examples(task: Exercise) -> list[str]:
    """The example cases with what the first reference gives for them."""
    topic = import_module(f"pytorch_basics.course.{task.topic}.solutions")
    solutions: Solutions = topic.SOLUTIONS[task.id]
    cases = [pack(case) for case in task.examples]
    shown = []
    for case, outcome in zip(cases, outcomes(solutions.references[0], task, cases), strict=True):
        args, kwargs = unpack(case)
        result = f"raises {outcome.kinds[0]}" if isinstance(outcome, Failed) else repr(outcome.result)
        written = _written(task, args, kwargs)
        shown.append(
            f"{written}\n→ {result}" if "\n" in result or len(written + result) > 90 else f"{written} → {result}"
        )
    return shown


def _written(task: Exercise, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    name = task.id.split(".")[1]
    values = [repr(value) for value in args] + [f"{key}={value!r}" for key, value in kwargs.items()]
    written = f"{name}({', '.join(values)})"
    return written if len(written) <= 400 else call(name, args, kwargs)


def _mistakes(topic: str) -> str:
    taught = import_module(f"pytorch_basics.course.{topic}.solutions").SOLUTIONS
    linked = {wrong.mistake for solutions in taught.values() for wrong in solutions.wrong if wrong.mistake}
    chosen = [m for m in mistakes.all_mistakes() if m.id in linked or (m.code and _taught_in(m) == topic)]
    return "\n".join(f"- [{mistake.title}](Mistakes.ipynb#{anchor(mistake.title)})" for mistake in chosen)


def _taught_in(mistake: Mistake) -> str:
    """The lesson of a row of the bank: that of its folder, but for the rows that ``evaluation`` brings together."""
    return "evaluation" if mistake.code[0] in "EDS" else mistake.id.split(".")[0]


def anchor(heading: str) -> str:
    """The fragment under which JupyterLab and GitHub's notebook view find a heading: spaces become hyphens."""
    return re.sub(r"[()`]", lambda match: f"%{ord(match.group()):02X}", heading).replace(" ", "-")


def _next_lesson(topic: str) -> str:
    index = COURSE.index(topic) + 1
    if index == len(COURSE):
        return "This was the last lesson so far. Change something in it and see what happens."
    return f"**Next lesson:** [{title(COURSE[index])}]({notebook_name(COURSE[index])})"
