"""A failure record: the frames, the exact expression, PyTorch's calls and layers, and tracebacks of every kind."""

from __future__ import annotations

import gc
import linecache
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from pytorch_basics.instruments.failure.capture import capture
from pytorch_basics.instruments.failure.record import FailureRecord


def failed(code: Callable[[], object]) -> FailureRecord:
    """The record of what ``code`` raises."""
    try:
        code()
    except BaseException as error:
        return capture(error)
    raise AssertionError("it raised nothing")


def cell(source: str, name: str = "<ipython-input-1-abc>", known: bool = True) -> Callable[[], object]:
    """Code as a notebook's cell has it: compiled under a name that only ``linecache`` knows."""
    if known:
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    space: dict[str, Any] = {"torch": torch, "nn": nn}
    return lambda: exec(compile(source, name, "exec"), space)


def test_the_expression_is_the_one_that_ran() -> None:
    """Of a line with several calls the record names the failing one, with its columns."""

    def code() -> object:
        a, b = torch.rand(2, 3), torch.rand(4)
        return torch.relu(a) + (a @ b).sum()

    record = failed(code)
    assert record.frame is not None
    assert record.frame.text == "a @ b"
    line = Path(record.frame.place.file).read_text().splitlines()[record.frame.place.line - 1]
    assert line[record.frame.column : record.frame.end] == "a @ b"
    assert [(arg.text, arg.value and arg.value.shape) for arg in record.operands] == [("a", (2, 3)), ("b", (4,))]


def test_a_layer_is_told_with_its_settings_inputs_and_constructor() -> None:
    """The innermost layer of a Sequential: path, name, declared sizes, what it got, the line that made it."""

    def code() -> object:
        net = nn.Sequential(nn.Linear(3, 5), nn.Sequential(nn.ReLU(), nn.Linear(4, 2)))
        return net(torch.rand(7, 3))

    layer = failed(code).layer
    assert layer is not None
    assert (layer.kind, layer.path, layer.name) == ("nn.Linear", "1.1", "net[1][1]")
    assert layer.value.setting("in_features") == 4
    assert dict(layer.inputs)["input"].shape == (7, 5)
    assert [value.type for value, _ in layer.before] == ["nn.Linear", "nn.ReLU"]
    record = failed(code)
    made = record.layers[-1].made
    assert made is not None
    assert record.steps[made].text == "nn.Linear(4, 2)"


def test_pytorchs_arguments_are_read_from_its_frames() -> None:
    """A loss's target and settings are known, however the learner wrote them."""
    record = failed(lambda: nn.CrossEntropyLoss(ignore_index=-1)(torch.zeros(2, 3), torch.tensor([0, 7])))
    call = record.call("cross_entropy")
    assert call is not None
    target, ignored = call.argument("target"), call.argument("ignore_index")
    assert target is not None
    assert ignored is not None
    assert (target.low, target.high, ignored.plain) == (0.0, 7.0, -1)


def test_a_notebooks_cell_is_read_like_a_file() -> None:
    """Names, lines and steps come from ``linecache``."""
    record = failed(cell("x = torch.rand(2, 3)\ny = x.t()\nz = y.view(6)\n"))
    assert record.place is not None
    assert (record.place.line, record.place.text) == (3, "z = y.view(6)")
    assert [step.text for step in record.origins(record.failing)] == ["x.t()", "torch.rand(2, 3)"]


def test_code_without_source_keeps_its_line_and_values() -> None:
    """Nothing can be followed, and nothing breaks."""
    record = failed(cell("def f(a):\n    return a @ a\nf(torch.rand(2, 3))", "<string>", known=False))
    assert record.place is not None
    assert record.place.line == 2
    assert record.frame is not None
    assert dict(record.frame.arguments)["a"].shape == (2, 3)
    assert record.failing is None


class _Rows(Dataset[Any]):
    def __init__(self, rows: dict[int, int]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> int:
        return self.rows[index]


@pytest.mark.parametrize("workers", [0, 1])
def test_an_error_in_a_data_set_is_found_in_a_worker_too(workers: int) -> None:
    """The worker's traceback comes home as text; its line, expression and data set are known all the same."""

    def code() -> object:
        return list(DataLoader(_Rows({0: 1}), batch_size=2, num_workers=workers))

    record = failed(code)
    assert record.frame is not None
    assert record.frame.text == "self.rows[index]"
    assert record.frame.owner == "_Rows"
    assert record.frame.place.function == "_Rows.__getitem__"
    assert record.worker == ("KeyError" if workers else "")
    assert any(step.text == "{0: 1}" for step in record.origins(record.failing))


def test_a_thousand_frames_of_recursion_are_cut() -> None:
    """The outermost and the innermost frames stay."""

    def deeper(n: int) -> int:
        return deeper(n + 1) + 1

    record = failed(lambda: deeper(0))
    assert record.kind == "RecursionError"
    assert 10 < len(record.frames) < 100


def test_the_exception_behind_a_raise_from_is_the_one_explained() -> None:
    """Also that of a group with one exception; the outer ones are in the chain."""

    def code() -> object:
        try:
            return torch.rand(2) @ torch.rand(3)
        except RuntimeError as error:
            raise ValueError("training failed") from error

    def group() -> object:
        try:
            return code()
        except ValueError as error:
            raise ExceptionGroup("several", [error]) from None

    for program, outer in ((code, "ValueError"), (group, "ExceptionGroup")):
        record = failed(program)
        assert record.kind == "RuntimeError"
        assert record.chain[0][0] == outer
        assert record.frame is not None
        assert record.frame.text == "torch.rand(2) @ torch.rand(3)"


def test_errors_of_every_kind_have_a_place() -> None:
    """A syntax error, a comprehension, a lambda, ``__init__``, a generator that runs out."""

    class Broken:
        def __init__(self) -> None:
            self.x = torch.rand(2) @ torch.rand(3)

    programs: dict[str, Callable[[], object]] = {
        "SyntaxError": lambda: compile("a = (\n", "<ipython-input-9-x>", "exec"),
        "comprehension": lambda: [torch.rand(2) @ w for w in (torch.rand(2), torch.rand(3))],
        "init": Broken,
        "next": lambda: next(iter([])),
    }
    for name, program in programs.items():
        record = failed(program)
        assert record.place is not None, name
        assert not record.notes, name


def test_nothing_of_the_learners_is_run_to_read_it() -> None:
    """Properties, ``__getattr__``, ``__repr__`` and ``__len__`` of the learner's classes stay untouched."""

    class Touchy:
        def __getattr__(self, name: str) -> Any:
            raise SystemExit(f"read {name}")

        def __repr__(self) -> str:
            raise SystemExit("shown")

        def __len__(self) -> int:
            raise SystemExit("measured")

        @property
        def size(self) -> int:
            raise SystemExit("asked")

    class Unsaid(RuntimeError):
        def __str__(self) -> str:
            raise ValueError("not to be told")

    def code(thing: Touchy) -> object:
        return torch.rand(2) + thing  # type: ignore[operator]  # it fails

    def untold() -> object:
        raise Unsaid

    assert failed(lambda: code(Touchy())).kind == "TypeError"
    assert failed(untold).message == ""


def test_a_record_keeps_no_tensor_alive() -> None:
    """What the frames held is free once the exception is."""
    kept: list[weakref.ref[torch.Tensor]] = []

    def code() -> object:
        x = torch.rand(3, 4)
        kept.append(weakref.ref(x))
        return nn.Linear(5, 2)(x)

    record = failed(code)
    gc.collect()
    assert record.layer is not None
    assert kept[0]() is None


def test_a_record_survives_json() -> None:
    """The same record comes back, its steps and values with it."""
    record = failed(lambda: nn.Linear(3, 2)(torch.rand(4, 5).double()))
    assert FailureRecord.from_json(record.to_json()) == record
