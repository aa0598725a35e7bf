"""What a learner sees in a real notebook kernel: messages for their mistakes, never a traceback through our code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = {
    "import": "import torch\nimport pytorch_basics as pb",
    "right": '@pb.exercise("start.double")\ndef double(x):\n    return 2 * x',
    "wrong": '@pb.exercise("start.double")\ndef double(x):\n    return x + 2',
    "raising": '@pb.exercise("start.double")\ndef double(x):\n    return x.twice()',
    "unknown": 'pb.hint("start.duble")',
    "not a function": 'pb.exercise("start.double")(3)',
    "a list": "pb.see([1, 2])",
    "hint": 'pb.hint("start.double")',
    "class": (
        '@pb.exercise("start.double")\nclass double:\n'
        "    def __new__(cls, x):\n        return super(double, cls) and 2 * x"
    ),
}


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The cells above, executed one after the other in a kernel, by name."""
    folder: Path = tmp_path_factory.mktemp("kernel")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTORCH_BASICS_WORKSPACE", str(folder))
        client = NotebookClient(book, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}})
        client.execute()
    return dict(zip(CELLS, book.cells, strict=True))


def html(cell: Any) -> str:
    return "".join(str(output.data.get("text/html", "")) for output in cell.outputs if "data" in output)


def error(cell: Any) -> str:
    lines = next(output.traceback for output in cell.outputs if output.output_type == "error")
    return "\n".join(lines)


def test_a_right_answer_is_shown_as_passed(cells: dict[str, Any]) -> None:
    """The verdict is a block of HTML with a plain twin, and the waiting message is gone."""
    assert "✓ Passed" in html(cells["right"])
    plain = [output.data["text/plain"] for output in cells["right"].outputs if "data" in output]
    assert any("✓ Passed: start.double" in text for text in plain)
    assert not any("is starting" in text for text in plain)


def test_a_wrong_answer_is_told_what_it_misunderstood(cells: dict[str, Any]) -> None:
    """The named misconception's message, with the case drawn."""
    assert "as if doubling meant adding 2" in html(cells["wrong"])
    assert "<table" in html(cells["wrong"])


def test_a_learners_error_is_shown_by_their_own_line(cells: dict[str, Any]) -> None:
    """The line of the cell, and nothing of ours; the cell itself does not fail."""
    shown = html(cells["raising"])
    assert "return x.twice()" in shown
    assert "site-packages" not in shown
    assert not [output for output in cells["raising"].outputs if output.output_type == "error"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("unknown", 'there is no exercise "start.duble". Did you mean start.double'),
        ("not a function", "wanted a function or a class"),
        ("a list", "wanted a torch.Tensor or numpy.ndarray"),
    ],
)
def test_a_slip_is_answered_in_one_line(cells: dict[str, Any], name: str, said: str) -> None:
    """No traceback of ours reaches a learner: the whole of what is shown is the sentence."""
    shown = error(cells[name])
    assert said in shown
    assert len(shown.splitlines()) == 1
    assert not re.search(r"File |Traceback|line \d+", shown)


def test_a_class_is_checked_as_well(cells: dict[str, Any]) -> None:
    """A class whose call gives the answer is an answer."""
    assert "✓ Passed" in html(cells["class"])
