"""Runs a lesson or the reference solutions of an exercise under the doctor, each in a fork of one warm process.

In go names of topics (``optim`` for its lesson) and of exercises (``optim.train_step``); out comes, as JSON, what the
doctor found in each run. Errors that a lesson shows on purpose are passed over, as a reader passes over them.
"""

from __future__ import annotations

import contextlib
import json
import linecache
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from corpus_runner import warm_up


def lesson(topic: str) -> None:
    """Every code cell of the lesson, in one namespace, as a notebook runs them."""
    import jupytext

    from pytorch_basics.course.overview import lesson_source

    space: dict[str, Any] = {"__name__": "__main__", "display": lambda *_: None}
    cells = [cell.source for cell in jupytext.reads(lesson_source(topic), fmt="py:percent").cells if is_code(cell)]
    for number, source in enumerate(cells):
        name = f"<cell {number} of {topic}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        with contextlib.suppress(Exception):
            exec(compile(source, name, "exec"), space)


def is_code(cell: Any) -> bool:
    """Whether a cell is plain Python: a magic is the notebook's business."""
    return cell.cell_type == "code" and not cell.source.lstrip().startswith(("%", "!"))


def references(id: str) -> None:
    """Every reference of an exercise, on its examples."""
    from pytorch_basics.course.catalogue import find
    from pytorch_basics.practice.perform import pack, perform

    task = find(id)
    solutions = import_module(f"pytorch_basics.course.{task.topic}.solutions").SOLUTIONS[id]
    for reference in solutions.references:
        for case in task.examples:
            perform(reference, task.probe, pack(case), set())


def names() -> list[str]:
    """Every lesson, and every exercise whose references are code."""
    from pytorch_basics.course import COURSE
    from pytorch_basics.course.catalogue import of_topic
    from pytorch_basics.practice.exercise import Exercise

    tasks = [task.id for topic in COURSE for task in of_topic(topic) if isinstance(task, Exercise)]
    return [*COURSE, "front_door", *tasks]


def found(name: str) -> dict[str, Any]:
    """What the doctor says of it, from a fork."""
    folder = tempfile.mkdtemp(prefix="lesson_")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.chdir(folder)  # a lesson may write files
        try:
            os.write(write, json.dumps(_watched(name)).encode())
        finally:
            os._exit(0)
    os.close(write)
    with open(read, "rb") as reply:
        said = reply.read()
    os.waitpid(child, 0)
    shutil.rmtree(folder, ignore_errors=True)
    return dict(json.loads(said)) if said else {"name": name, "findings": [], "notes": ["its process gave nothing"]}


def _watched(name: str) -> dict[str, Any]:
    from pytorch_basics.doctor.observe import Observation

    nowhere = open(os.devnull, "w")  # noqa: SIM115 - it lives as long as this fork
    run: Callable[[str], None] = references if "." in name else lesson
    observation = Observation()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        observation.begin()
        try:
            run(name)
        finally:
            observation.end()
    report = observation.report()
    return {"name": name, "findings": [one.to_json() for one in report.findings], "notes": list(report.notes)}


def run_all(chosen: list[str]) -> Iterator[dict[str, Any]]:
    """Each name, one after the other."""
    os.environ["MPLBACKEND"] = "Agg"
    warm_up()
    for name in ("jupytext", "matplotlib.pyplot", "pytorch_basics.course.catalogue"):  # once, not in each fork
        import_module(name)
    yield from map(found, chosen)


if __name__ == "__main__":
    print(json.dumps(list(run_all(sys.argv[1:] or names()))))
