"""The course proves itself: everything here is found by walking ``COURSE``; nothing is registered by hand."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import cloudpickle
import pytest

from pytorch_basics.course import COURSE
from pytorch_basics.course.catalogue import of_topic
from pytorch_basics.course.overview import lesson_source
from pytorch_basics.practice.desk import Desk
from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Exercise, Prediction, Solutions
from pytorch_basics.practice.guess import facts, plain
from pytorch_basics.practice.sandbox import Sandbox
from pytorch_basics.practice.verdict import Verdict, from_reply

TASKS = [task for topic in COURSE for task in of_topic(topic)]
EXERCISES = [task for task in TASKS if isinstance(task, Exercise)]
PREDICTIONS = [task for task in TASKS if isinstance(task, Prediction)]
FEWEST = {
    "start": 2,
    "tensors": 7,
    "memory": 8,
    "operations": 8,
    "autograd": 7,
    "descent": 6,
    "model": 7,
    "loss": 6,
    "optim": 6,
    "data": 7,
    "debugging": 24,
    "evaluation": 8,
    "scaling": 4,
    "capstone": 1,
}

by_id = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)


def solutions(task: Exercise | Prediction) -> Solutions:
    found: Solutions = import_module(f"pytorch_basics.course.{task.topic}.solutions").SOLUTIONS[task.id]
    return found


def check(task: Exercise, answer: Any, sandbox: Sandbox) -> Verdict:
    """The verdict on an answer that is sent to the sandbox exactly as a learner's is."""
    module = import_module(f"pytorch_basics.course.{task.topic}.solutions")
    cloudpickle.register_pickle_by_value(module)  # the sandbox cannot read it, as it must not
    try:
        desk = Desk("pytorch_basics.course", lambda id: task, lambda: [task.id], lambda: sandbox)
        return desk.check(task, answer)
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def guess(task: Prediction, said: dict[str, Any], sandbox: Sandbox) -> Verdict:
    desk = Desk("pytorch_basics.course", lambda id: task, lambda: [task.id], lambda: sandbox)
    return desk.predict(task.id, **said)


@pytest.mark.parametrize("topic", COURSE)
def test_each_topic_has_the_exercises_the_plan_asks_for(topic: str) -> None:
    """A topic has at least as many exercises as the plan of the course says."""
    assert len(of_topic(topic)) >= FEWEST.get(topic, 1)


def test_ids_are_unique_and_name_their_topic() -> None:
    """An id reads ``topic.name`` and belongs to one exercise."""
    ids = [task.id for task in TASKS]
    assert len(set(ids)) == len(ids)
    assert all(task.id.startswith(f"{topic}.") for topic in COURSE for task in of_topic(topic))


@by_id
def test_each_exercise_has_references_wrong_solutions_and_hints(task: Exercise | Prediction) -> None:
    """At least two references, three wrong solutions with names and messages of their own, and three hints."""
    found = solutions(task)
    assert len(found.references) >= 2
    assert len(found.wrong) >= 3
    assert len({wrong.name for wrong in found.wrong}) == len(found.wrong)
    assert len({wrong.message for wrong in found.wrong}) == len(found.wrong)
    assert len(set(task.hints)) == 3


@by_id
def test_the_first_hint_does_not_contain_the_answer(task: Exercise | Prediction) -> None:
    """No line of a reference, and no right fact, stands in the first hint."""
    import inspect

    hint = " ".join(task.hints[0].split())
    if isinstance(task, Prediction):
        answers = [f"{name}={value}" for name, value in facts(task).items()]
    else:
        sources = [inspect.getsource(reference) for reference in solutions(task).references]
        lines = [line.strip() for source in sources for line in source.splitlines()]
        answers = [line.removeprefix("return ") for line in lines if line.startswith("return ")]
    assert not [answer for answer in answers if not answer.isidentifier() and len(answer) > 5 and answer in hint]


@pytest.mark.parametrize("task", EXERCISES, ids=lambda task: task.id)
def test_every_reference_passes(task: Exercise, sandbox: Sandbox) -> None:
    """Each reference, sent as a learner's answer is, passes."""
    for reference in solutions(task).references:
        verdict = check(task, reference, sandbox)
        assert verdict.passed, f"{reference.__name__}: {verdict}"


@pytest.mark.parametrize("task", EXERCISES, ids=lambda task: task.id)
def test_every_wrong_solution_is_told_its_own_message(task: Exercise, sandbox: Sandbox) -> None:
    """Each named wrong solution is rejected, with its own name and message."""
    for wrong in solutions(task).wrong:
        verdict = check(task, wrong.answer, sandbox)
        assert verdict.status == "misconception", f"{wrong.name}: {verdict}"
        assert verdict.message == wrong.message, f"{wrong.name} was told another's message: {verdict.message}"


@pytest.mark.parametrize("task", EXERCISES, ids=lambda task: task.id)
def test_every_stub_fails_as_unedited(task: Exercise, sandbox: Sandbox, cell: Any) -> None:
    """The stub as it stands in the notebook is not passed, and is recognised as not edited yet."""
    before = {"__name__"}
    space = cell(task.stub)
    name = re.findall(r"^(?:def|class) (\w+)", task.stub, re.MULTILINE)[-1]
    assert name in space.keys() - before
    assert check(task, space[name], sandbox).status == "todo"


@pytest.mark.parametrize("task", EXERCISES, ids=lambda task: task.id)
def test_cases_are_drawn_afresh_and_are_enough(task: Exercise) -> None:
    """A check has an example and at least five cases more, and other seeds give other cases."""
    assert task.examples
    assert all(len(list(task.cases(Draw(seed)))) >= 5 for seed in range(5))
    assert len({str([(case.args, case.kwargs) for case in task.cases(Draw(seed))]) for seed in range(5)}) > 1


@pytest.mark.parametrize("task", PREDICTIONS, ids=lambda task: task.id)
def test_right_predictions_pass_in_every_spelling(task: Prediction, sandbox: Sandbox) -> None:
    """Each reference guess passes."""
    for said in solutions(task).references:
        assert guess(task, said, sandbox).passed


@pytest.mark.parametrize("task", PREDICTIONS, ids=lambda task: task.id)
def test_every_wrong_guess_is_told_its_own_message(task: Prediction, sandbox: Sandbox) -> None:
    """A named wrong guess, its other facts right, gets its own message."""
    right = facts(task)
    for wrong in solutions(task).wrong:
        said = right | {name: plain(value) for name, value in wrong.answer.items()}
        assert guess(task, said, sandbox).message == wrong.message, wrong.name


@pytest.mark.parametrize("task", PREDICTIONS, ids=lambda task: task.id)
def test_an_unfilled_prediction_is_not_an_attempt(task: Prediction, sandbox: Sandbox) -> None:
    """``...`` in place of a guess asks for one."""
    assert guess(task, dict.fromkeys(task.asks, ...), sandbox).status == "todo"


@pytest.mark.parametrize("topic", COURSE)
def test_each_lesson_asks_every_exercise_of_its_topic_once(topic: str) -> None:
    """Each exercise stands in its lesson once, and no other topic's does."""
    asked = re.findall(r"\{\{exercise ([\w.]+)\}\}", lesson_source(topic))
    assert sorted(asked) == sorted(task.id for task in of_topic(topic))


def test_a_verdict_survives_the_way_from_the_judge(sandbox: Sandbox) -> None:
    """What the judge replies becomes a verdict with its panels and marks."""
    fields = {"status": "wrong", "panels": [{"title": "yours", "rows": [["1", "2"]], "marked": [[0, 1]]}]}
    assert from_reply("a.b", fields).panels[0].marked == {(0, 1)}
