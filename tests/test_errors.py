"""How errors are worded: what was called, which argument, its value, what was wanted, what to write instead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pytorch_basics.errors import Problem, WrongArgument, WrongValue, nearest, wrong

COURSE = ("start", "tensors", "memory", "operations")


class Fails:
    """An object of the learner's whose repr does not work."""

    def __repr__(self) -> str:
        raise ValueError("no")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, "3 (int)"),
        (None, "None (NoneType)"),
        ("memory", "'memory' (str)"),
        ([1, 2], "[1, 2] (list)"),
        ("two\nlines", r"'two\nlines' (str)"),
        (Fails(), "<Fails that cannot be shown> (Fails)"),
        ("x" * 100, "'" + "x" * 58 + "… (str)"),
    ],
)
def test_a_wrong_argument_is_told_in_one_sentence_and_one_repair(value: Any, shown: str) -> None:
    """The value is quoted, cut where it is long, and never the cause of a second error."""
    assert wrong("pb.hint", "id", value, "an exercise id", 'pb.hint("memory.strides_of")') == (
        f'pb.hint: id is {shown}; wanted an exercise id. Write instead: pb.hint("memory.strides_of")'
    )


def test_a_value_of_several_lines_is_told_in_one() -> None:
    """A tensor's repr, say."""
    import torch

    told = wrong("pb.see", "x", torch.eye(2), "text", "pb.see()")
    assert "x is tensor([[1., 0.], [0., 1.]]) (Tensor);" in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("tensor", "tensors or memory"),
        ("memroy", "memory"),
        ("operation", "operations"),
        ("xyz", "memory, operations or start"),
        ("", "memory, operations or start"),
    ],
)
def test_the_nearest_known_words_are_named(word: str, told: str) -> None:
    """The nearest first; the first three of all where none is near."""
    assert nearest(word, COURSE) == told


def test_several_near_words_are_listed() -> None:
    """The nearest first, as a person would say it."""
    assert nearest("a.shape", ["a.shape", "a.shapes", "b.shape", "zzz"], most=3) == "a.shape, a.shapes or b.shape"
    assert nearest("a.shap", ["a.shape", "a.shapes", "zzz"], most=2) == "a.shape or a.shapes"


@pytest.mark.parametrize("kind", [Problem, WrongArgument, WrongValue])
def test_a_notebook_shows_the_message_and_no_traceback_of_ours(kind: type[Problem]) -> None:
    """IPython asks the exception for its lines."""
    assert kind("no such id")._render_traceback_() == [f"{kind.__name__}: no such id"]


def test_ipython_shows_just_that(tmp_path: Path) -> None:
    """In a real shell: one line, no frames."""
    pytest.importorskip("IPython")
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "-c", "import pytorch_basics as pb; pb.hint('start.duble')"],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        env=os.environ | {"IPYTHONDIR": str(tmp_path)},
    )
    shown = done.stdout + done.stderr
    assert 'Problem: pb.hint: there is no exercise "start.duble". Did you mean start.double' in shown
    assert "Traceback" not in shown
    assert "desk.py" not in shown


def test_the_kinds_are_caught_as_pythons_own() -> None:
    """Whoever writes ``except TypeError`` around a call catches a wrong argument."""
    assert issubclass(WrongArgument, TypeError)
    assert issubclass(WrongValue, ValueError)
    assert issubclass(WrongArgument, Problem)
    assert issubclass(WrongValue, Problem)
