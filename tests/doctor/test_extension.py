"""``%load_ext pytorch_basics`` in a real kernel: an explanation under each traceback of PyTorch, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FAILING = "nn.Linear(4, 2)(torch.ones(3, 5))"
CELLS = {
    "import": "import torch\nfrom torch import nn\nimport pytorch_basics as pb",
    "before": FAILING,
    "load": "%load_ext pytorch_basics\n%load_ext pytorch_basics",
    "failing": f"layer = nn.Linear(4, 2)\n{FAILING}",
    "explained again": "pb.explain()",
    "right": "torch.ones(2) + 1",
    "no torch": "{}['missing']",
    "syntax": "def f(:",
    "interrupt": "raise KeyboardInterrupt",
    "exit": "raise SystemExit(3)",
    "problem": "pb.hint('start.duble')",
    "exercise": '@pb.exercise("start.double")\ndef double(x):\n    return x.twice()',
    "checked": f"with pb.checkup():\n    {FAILING}",
    "caught": f"try:\n    {FAILING}\nexcept RuntimeError:\n    pass",
    "strange": "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\ntorch.ones(2).apply_(1/0)",
    "model": "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.fc = nn.Linear(7, 2)\n    def forward(self, x):\n        return self.fc(x)",
    "data": "points = torch.ones(3, 5)",
    "made": "net = Net()",
    "across cells": "net(points)",
    "unload": "%unload_ext pytorch_basics\n%unload_ext pytorch_basics",
    "after": FAILING,
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


def kinds(cell: Any) -> list[str]:
    """What a cell gave, in order: ``error``, ``report``, or the kind of the output."""
    data = [str(output.get("data", {}).get("text/plain", "")) for output in cell.outputs]
    said = ["report" if text.startswith("The doctor:") else "" for text in data]
    return [name or output.output_type for name, output in zip(said, cell.outputs, strict=True)]


def test_a_report_stands_under_the_traceback(cells: dict[str, Any]) -> None:
    """The usual traceback comes first and is whole; the report is shown once, loaded twice or not."""
    assert kinds(cells["failing"]) == ["error", "report"]
    assert "mat1 and mat2 shapes cannot be multiplied" in cells["failing"].outputs[0].evalue
    assert "<iframe" in cells["failing"].outputs[1].data["text/html"]


def test_it_can_be_asked_for_again(cells: dict[str, Any]) -> None:
    """``pb.explain()`` gives the same report as a cell's value, and says in which cell the line stands."""
    assert kinds(cells["explained again"]) == ["report"]
    assert f"cell [{cells['failing'].execution_count}]:2" in str(cells["explained again"].outputs[0].data["text/plain"])


@pytest.mark.parametrize("name", ["before", "after", "no torch", "syntax", "interrupt", "exit", "problem"])
def test_other_errors_are_left_alone(cells: dict[str, Any], name: str) -> None:
    """Before loading, after unloading, errors without PyTorch, interrupts, and those that explain themselves."""
    assert "report" not in kinds(cells[name])
    assert kinds(cells[name])[:1] == ["error"] or name in ("interrupt", "exit")


@pytest.mark.parametrize("name", ["right", "caught", "exercise"])
def test_where_nothing_was_raised_nothing_is_said(cells: dict[str, Any], name: str) -> None:
    """A caught error and an exercise's verdict are no business of the extension."""
    assert not {"report", "error"} & set(kinds(cells[name]))


def test_what_a_checkup_has_explained_is_not_explained_twice(cells: dict[str, Any]) -> None:
    """One report for one exception."""
    assert sorted(kinds(cells["checked"])) == ["error", "report"]


def test_no_cell_shows_an_error_of_ours(cells: dict[str, Any]) -> None:
    """Whatever is raised, there is one error at most, and it is the learner's."""
    for name, cell in cells.items():
        errors = [output for output in cell.outputs if output.output_type == "error"]
        assert len(errors) <= 1, name
        assert not any("could not" in str(output.get("text", "")) for output in cell.outputs), name


def test_what_another_cell_made_is_followed_there(cells: dict[str, Any]) -> None:
    """The line to change stands in the cell that declared the layer, which is told by its number."""
    report = cells["across cells"].outputs[-1]["data"]["text/plain"]
    assert f"cell [{cells['model'].execution_count}]:4 in Net.__init__" in report
    assert "self.fc = nn.Linear(5, 2)" in report
