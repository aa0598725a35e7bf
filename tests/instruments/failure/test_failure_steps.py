"""What made what: the steps behind a failing expression, through every way that Python binds a name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from pytorch_basics.instruments.failure.capture import capture
from pytorch_basics.instruments.failure.record import FailureRecord

HEAD = "import torch\nfrom torch import nn\nfrom torch.utils.data import DataLoader, Dataset, TensorDataset\n"


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Run a script and give the record of its exception."""

    def run(source: str) -> FailureRecord:
        path = tmp_path / "script.py"
        path.write_text(HEAD + source)
        try:
            exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__"})
        except Exception as error:
            return capture(error)
        raise AssertionError("it raised nothing")

    assert sys.version_info >= (3, 11)
    return run


def texts(record: FailureRecord, position: int = 0) -> list[str]:
    return [step.text for step in record.origins(record.operands[position])]


WAYS = {
    "an assignment": ("x = torch.rand(3, 4)\nx = x.t()\nx @ x\n", ["x.t()", "torch.rand(3, 4)"]),
    "a loop": ("for x in [torch.rand(2, 3)]:\n    x @ x\n", ["torch.rand(2, 3)"]),
    "the round before": (
        "h = torch.rand(2, 2)\nfor _ in range(2):\n    h @ h\n    h = torch.rand(2, 3)\n",
        ["torch.rand(2, 2)", "torch.rand(2, 3)"],
    ),
    "a parameter": ("def f(a):\n    return a @ a\nf(torch.rand(2, 3))\n", ["torch.rand(2, 3)"]),
    "a keyword": ("def f(*, a):\n    return a @ a\nf(a=torch.rand(2, 3))\n", ["torch.rand(2, 3)"]),
    "a function's result": (
        "def make():\n    return torch.rand(2, 3)\nx = make()\nx @ x\n",
        ["make()", "return torch.rand(2, 3)", "torch.rand(2, 3)"],
    ),
    "unpacking": ("x, y = torch.rand(2, 3), 1\nx @ x\n", ["torch.rand(2, 3)"]),
    "an attribute": (
        "class C:\n    def __init__(self, w):\n        self.w = w\n    def go(self):\n        return self.w @ self.w\n"
        "C(torch.rand(2, 3)).go()\n",
        ["torch.rand(2, 3)"],
    ),
    "a dictionary": ("d = {'x': torch.rand(2, 3)}\nd['x'] @ d['x']\n", ["d['x']", "torch.rand(2, 3)"]),
    "a closure": ("def f():\n    w = torch.rand(2, 3)\n    return lambda: w @ w\nf()()\n", ["torch.rand(2, 3)"]),
}


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_value_is_followed_back(run: Any, way: str) -> None:
    """The steps behind an operand, the nearest first, through each way of binding a name."""
    source, expected = WAYS[way]
    assert texts(run(source)) == expected


def test_the_branch_that_did_not_run_is_left_out(run: Any) -> None:
    """An assignment in the other branch of the same ``if`` is no origin."""
    record = run("if True:\n    x = torch.rand(2, 3)\n    x @ x\nelse:\n    x = torch.rand(4, 4)\n")
    assert texts(record) == ["torch.rand(2, 3)"]


def test_a_batch_leads_to_the_data_set(run: Any) -> None:
    """A loop variable over a loader leads to ``__getitem__``'s return, and on to what that returned."""
    record = run(
        "class D(Dataset):\n    def __init__(self):\n        self.x = torch.rand(4, 3).double()\n"
        "    def __len__(self):\n        return 4\n    def __getitem__(self, i):\n        row = self.x[i]\n"
        "        return row, i\nlayer = nn.Linear(3, 1)\nfor x, i in DataLoader(D(), batch_size=2):\n    layer(x)\n"
    )
    steps = [(step.kind, step.text) for step in record.origins(record.operands[0])][:4]
    assert steps[1:] == [
        ("return", "return row, i"),
        ("subscript", "self.x[i]"),
        ("call", "torch.rand(4, 3).double()"),
    ]


def test_a_tensor_dataset_leads_to_the_right_tensor(run: Any) -> None:
    """The second of two unpacked batches is the second tensor of the data set."""
    record = run(
        "a, b = torch.rand(4, 2), torch.rand(4, 5)\nlayer = nn.Linear(3, 1)\n"
        "for k, (x, y) in enumerate(DataLoader(TensorDataset(a, b), batch_size=2)):\n    layer(y)\n"
    )
    assert "torch.rand(4, 5)" in texts(record)
    assert "torch.rand(4, 2)" not in texts(record)


def test_what_was_rebound_is_not_told_with_its_new_value(run: Any) -> None:
    """``x = f(x)``: the step's own operand was another object than ``x`` is now."""
    record = run("x = torch.rand(3, 4)\nx = x.reshape(2, 6)\nx @ x\n")
    step = record.made(record.operands[0])
    assert step is not None
    assert step.operands[0].value is None
    assert record.operands[0].value is not None
    assert record.operands[0].value.shape == (2, 6)


def test_changes_in_place_are_steps(run: Any) -> None:
    """``append``, ``x[k] = …`` and ``+=`` stand among the origins of what they changed."""
    record = run("xs = []\nfor _ in range(2):\n    y = torch.rand(3)\n    xs.append(y)\ntorch.tensor(xs)\n")
    assert [step.kind for step in record.origins(record.operands[0])][:2] == ["in place", "list"]
    assert "xs.append(y)" in texts(record)


def test_the_layers_of_a_sequential_are_steps(run: Any) -> None:
    """What a Sequential gave leads to its last layer's constructor, and on to the first."""
    record = run("net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())\ny = net(torch.rand(4, 2))\ny @ y\n")
    assert [step.bare for step in record.origins(record.operands[0])][:3] == ["Sequential", "ReLU", "Linear"]


def test_code_under_no_grad_is_told_so(run: Any) -> None:
    """``with`` statements and decorators around a step stand in ``within``."""
    record = run(
        "@torch.no_grad()\ndef f(w):\n    return w * 2\nw = torch.ones(2, requires_grad=True)\nf(w).sum().backward()\n"
    )
    within = [text for step in record.origins(record.failing) for text, _ in step.within]
    assert "torch.no_grad()" in within


def test_a_class_is_noted_with_what_its_init_binds(run: Any) -> None:
    """Methods, attributes, local names, and whether ``super().__init__()`` is called."""
    record = run(
        "class N(nn.Module):\n    def __init__(self):\n        super().__init__()\n        fc = nn.Linear(2, 1)\n"
        "        self.scale = torch.ones(1)\n    def go(self): ...\ntorch.optim.SGD(N().parameters(), lr=1.0)\n"
    )
    note = record.classes[0]
    assert (note.name, note.super_called) == ("N", True)
    assert [name for name, _ in note.methods] == ["__init__", "go"]
    assert [name for name, *_ in note.local] == ["fc"]
    assert [name for name, *_ in note.assigned] == ["scale"]


def test_torch_is_not_needed_to_read_a_record() -> None:
    """The record's module stands alone."""
    assert torch.__name__ not in vars(sys.modules["pytorch_basics.instruments.failure.record"])
