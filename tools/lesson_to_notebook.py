"""A lesson's one text source, made into a notebook.

In goes the name of a topic (or ``front_door``); out comes an unexecuted notebook with fixed cell ids. The places
that a lesson leaves open are filled from what they speak of: ``{{exercise memory.strides_of}}`` becomes the
statement (its examples computed by a reference) and the cell to edit, ``{{reading}}`` and ``{{exercise_minutes}}``
the times, ``{{mistakes}}`` the list of mistakes taught. Everything is said in the language of a ``speaking`` block.
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
from pytorch_basics.lab.shipped import FRONT_DOOR
from pytorch_basics.lab.welcome import METADATA
from pytorch_basics.language import ENGLISH, chosen, framed, is_translated, say, say_count, told, told_code
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
    package = f"pytorch_basics.course.{topic}"
    cells: list[Any] = []
    for cell in found.cells:
        asked = _EXERCISE.match(cell.source.strip())
        cell.source = (told if cell.cell_type == "markdown" else told_code)(package, cell.source)
        cells += _exercise_cells(asked.group(1)) if asked else [cell]
    if topic in COURSE:
        cells.append(nbformat.v4.new_markdown_cell(_next_lesson(topic)))
    for number, cell in enumerate(cells):
        for name, text in times.items():
            cell.source = cell.source.replace("{{" + name + "}}", text)
        if "{{mistakes}}" in cell.source:
            cell.source = cell.source.replace("{{mistakes}}", _mistakes(topic))
        if cell.cell_type == "markdown":
            cell.source = framed(_led_up(cell.source))
        if not cell.id.startswith("exercise-"):
            cell.id = f"{topic.replace('_', '-')}-{number:03d}"
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def reading_minutes(topic: str) -> int:
    """At 200 words a minute, of the prose and the exercises' statements; code is not counted."""
    package = f"pytorch_basics.course.{topic}"
    lines = [line[2:] for line in lesson_source(topic).splitlines() if line.startswith("#")]
    text = told(package, "\n".join(f"\n{line}\n" if line.startswith("%%") else line for line in lines))
    statements = " ".join(told(package, task.statement) for task in of_topic(topic)) if topic in COURSE else ""
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
        source = _decorated(task)
    cell = nbformat.v4.new_code_cell(source, id=f"exercise-{name}"[:64], metadata={"tags": ["exercise"]})
    return [statement, cell]


def _decorated(task: Exercise) -> str:
    """The stub with the decorator above what is handed in: its last function or class."""
    lines = told_code(f"pytorch_basics.course.{task.topic}", task.stub).rstrip().splitlines()
    at = max(k for k, line in enumerate(lines) if re.match(rf"(def|class) {task.defines}\b", line))
    return "\n".join([*lines[:at], f'@pb.exercise("{task.id}")', *lines[at:]])


def _statement(task: Exercise | Prediction) -> str:
    package = f"pytorch_basics.course.{task.topic}"
    title = say("Exercise: {title}", title=told(package, task.title))
    minutes = say_count("About {n} minute.", "About {n} minutes.", task.minutes)
    parts = [f"### ✎ {title}", f"*{minutes}*", told(package, task.statement.strip())]
    if isinstance(task, Prediction):
        parts.append(f"```python\n{told_code(package, task.code).strip()}\n```")
        parts.append(
            say("Replace each `...` in the next cell by your guess, then run it. Only then run the code itself.")
        )
    else:
        parts.append(say("For example:") + "\n\n```text\n" + "\n".join(_examples(task)) + "\n```")
        parts.append(say("The next cell fails until you edit it; that is meant."))
    parts.append(say("Stuck? `{code}` gives a nudge.", code=f'pb.hint("{task.id}")'))
    return "\n\n".join(parts)


def _examples(task: Exercise) -> list[str]:
    """The example cases with what the first reference gives for them."""
    topic = import_module(f"pytorch_basics.course.{task.topic}.solutions")
    solutions: Solutions = topic.SOLUTIONS[task.id]
    cases = [pack(case) for case in task.examples]
    shown = []
    for case, outcome in zip(cases, outcomes(solutions.references[0], task, cases), strict=True):
        args, kwargs = unpack(case)
        failed = isinstance(outcome, Failed)
        result = say("raises {kind}", kind=outcome.kinds[0]) if failed else repr(outcome.result)
        written = _written(task, args, kwargs)
        shown.append(
            f"{written}\n→ {result}" if "\n" in result or len(written + result) > 90 else f"{written} → {result}"
        )
    return shown


def _written(task: Exercise, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    name = task.defines if task.tells else task.id.split(".")[1]
    values = [repr(value) for value in args] + [f"{key}={value!r}" for key, value in kwargs.items()]
    written = f"{name}({', '.join(values)})"
    return written if len(written) <= 400 else call(name, args, kwargs)


def _mistakes(topic: str) -> str:
    taught = import_module(f"pytorch_basics.course.{topic}.solutions").SOLUTIONS
    linked = {wrong.mistake for solutions in taught.values() for wrong in solutions.wrong if wrong.mistake}
    listed = [m for m in mistakes.all_mistakes() if m.id in linked or (m.code and _taught_in(m) == topic)]
    return "\n".join(f"- [{m.told(m.title)}](Mistakes.ipynb#{anchor(m.title)})" for m in listed)


def _taught_in(mistake: Mistake) -> str:
    """The lesson of a row of the bank: that of its folder, but for the rows that ``evaluation`` brings together."""
    return "evaluation" if mistake.code[0] in "EDS" else mistake.id.split(".")[0]


def anchor(heading: str) -> str:
    """The fragment under which JupyterLab and GitHub's notebook view find a heading: spaces become hyphens."""
    return re.sub(r"[()`]", lambda match: f"%{ord(match.group()):02X}", heading).replace(" ", "-")


def _next_lesson(topic: str) -> str:
    index = COURSE.index(topic) + 1
    if index == len(COURSE):
        return say("This was the last lesson so far. Change something in it and see what happens.")
    link = f"[{title(COURSE[index])}]({notebook_name(COURSE[index])})"
    return say("**Next lesson:** {link}", link=link)


def _led_up(markdown: str) -> str:
    """Links to notebooks that are not in this language lead up to the English ones."""
    if chosen() == ENGLISH:
        return markdown
    translated = [topic for topic in COURSE if is_translated(f"pytorch_basics.course.{topic}")]
    up = {FRONT_DOOR: "../../"} | dict.fromkeys(map(notebook_name, translated), "")
    return re.sub(
        r"\]\((?:notebooks/|(?:\.\./)+)?(\w+\.ipynb)", lambda link: f"]({up.get(link[1], '../')}{link[1]}", markdown
    )
