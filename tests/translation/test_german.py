"""The lesson start in German, from the notebook to the verdict."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import nbformat
import pytest

from pytorch_basics.course import catalogue
from pytorch_basics.course.catalogue import of_topic
from pytorch_basics.course.start import solutions
from pytorch_basics.course.start.solutions import SOLUTIONS
from pytorch_basics.language import VARIABLE, speaking, told
from pytorch_basics.practice.desk import Desk
from pytorch_basics.practice.exercise import Exercise
from pytorch_basics.practice.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import lesson_to_notebook  # noqa: E402 - the tools are not a package

START = "pytorch_basics.course.start"


@pytest.fixture
def desk(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk of a learner who reads German."""
    monkeypatch.setenv(VARIABLE, "de")
    return Desk("pytorch_basics.course", catalogue.find, catalogue.ids, lambda: sandbox)


@pytest.fixture
def by_value() -> Iterator[None]:
    """Our wrong solutions are sent with their code, as a learner's are: the sandbox cannot read ours."""
    cloudpickle.register_pickle_by_value(solutions)
    yield
    cloudpickle.unregister_pickle_by_value(solutions)


def cells(folder: str) -> list[Any]:
    found: list[Any] = nbformat.read(ROOT / "notebooks" / folder / "00_start.ipynb", as_version=4).cells
    return found


def program(source: str) -> str:
    """The code without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def test_the_code_is_the_english_one() -> None:
    """Cell by cell, ids included; only comments and docstrings are German."""
    english, german = cells(""), cells("de")
    assert [cell.id for cell in english] == [cell.id for cell in german]
    for one, other in zip(english, german, strict=True):
        assert one.cell_type == other.cell_type
        if one.cell_type == "code":
            assert program(one.source) == program(other.source)
    assert "absichtlich falsch" in "".join(cell.source for cell in german if cell.cell_type == "code")


def test_nothing_in_the_lesson_is_left_in_english() -> None:
    """No paragraph of the English notebook stands in the German one, but for code and the next lesson's title."""
    english = {part for cell in cells("") if cell.cell_type == "markdown" for part in cell.source.split("\n\n")}
    german = [part for cell in cells("de") if cell.cell_type == "markdown" for part in cell.source.split("\n\n")]
    assert [
        part for part in german if part and part in english and not part.startswith(("```", "double", "total"))
    ] == []


def test_links_lead_to_what_is_there() -> None:
    """To the German lessons, and up to the English ones where there is no German one."""
    for cell in cells("de"):
        for link in re.findall(r"\]\(([^)#]+\.ipynb)", cell.source) if cell.cell_type == "markdown" else ():
            assert (ROOT / "notebooks" / "de" / link).is_file(), link
    assert lesson_to_notebook._led_up("[a](notebooks/x.ipynb)") == "[a](notebooks/x.ipynb)"
    with speaking("de"):
        text = "[a](00_start.ipynb) [b](../Pytorch_Basics.ipynb#c) [d](notebooks/01_tensors.ipynb)"
        led = "[a](00_start.ipynb) [b](../../Pytorch_Basics.ipynb#c) [d](../01_tensors.ipynb)"
        assert lesson_to_notebook._led_up(text) == led


def test_a_lesson_from_right_to_left_is_framed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each Markdown cell says its direction; code cells stay as they are."""
    monkeypatch.setattr("pytorch_basics.language.direction", lambda language: "rtl")
    with speaking("de"):
        made = lesson_to_notebook.notebook("start").cells
    framed = [cell for cell in made if cell.source.startswith("<div lang='de' dir='rtl'>\n\n")]
    assert framed == [cell for cell in made if cell.cell_type == "markdown"]


@pytest.mark.parametrize("task", of_topic("start"), ids=lambda task: task.id)
def test_every_wrong_answer_is_told_in_german(task: Any, desk: Desk, by_value: None) -> None:
    """The message of the named wrong solution, as it is translated."""
    for wrong in SOLUTIONS[task.id].wrong:
        if isinstance(task, Exercise):
            verdict = desk.check(task, wrong.answer)
        else:
            verdict = desk.predict(task.id, **{**SOLUTIONS[task.id].references[0], **wrong.answer})
        assert verdict.message == told(START, wrong.message) != wrong.message
        assert str(verdict).startswith(f"✗ Noch nicht: ein häufiges Missverständnis: {task.id}\n")


def test_a_pass_a_difference_and_an_error_are_told_in_german(desk: Desk, cell: Any) -> None:
    """The words around the numbers, those of the judge and those of the desk."""
    task = catalogue.find("start.double")
    assert isinstance(task, Exercise)
    right = desk.check(task, cell("def double(x):\n    return x * 2")["double"])
    assert right.message == "Richtig in allen 9 Fällen."
    assert right.advice == ('Vergleich mit den Musterlösungen: `pb.solution("start.double")`',)
    other = str(desk.check(task, cell("def double(x):\n    return x * 3")["double"]))
    assert "Zurück kam ein anderer Wert in 3 von 3 Elementen: der erste bei [0], 3 statt 2." in other
    assert "Argument  Tensor f32[3]" in other
    error = str(desk.check(task, cell("def double(x):\n    print(1)\n    return x.twice()")["double"]))
    assert "Sie hat AttributeError ausgelöst: 'Tensor' object has no attribute 'twice'" in error
    assert "Ausgegeben wurde:" in error
    assert "In deinem Code:" in error


def test_the_german_stub_is_not_answered_yet(desk: Desk) -> None:
    """Another docstring than the English stub's is no edit."""
    for one in cells("de"):
        if one.id in ("exercise-start-double", "exercise-start-total"):
            assert one.outputs[-1].data["text/plain"].startswith("… Noch nicht beantwortet")


def test_hints_and_solutions_come_in_german(desk: Desk) -> None:
    """The hint itself, what counts it, and how to see a solution before a pass."""
    assert desk.hint("start.total").markdown.startswith("**Tipp 1 von 3.** Nimm zwei Dinge")
    assert desk.solution("start.total").markdown.startswith("Die Lösungen von `start.total` siehst du")
    assert desk.solution("start.total", reveal=True).markdown.startswith("**Musterlösung 1**")


def test_what_is_not_translated_is_told_in_english(desk: Desk) -> None:
    """A later lesson's hint, under a German heading."""
    assert desk.hint("tensors.number").markdown == f"**Tipp 1 von 3.** {catalogue.find('tensors.number').hints[0]}"
