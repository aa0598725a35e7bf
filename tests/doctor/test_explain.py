"""``pb.explain``: the exception being handled, the last one, or the one it is given."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.doctor.explain import NOTHING
from pytorch_basics.doctor.finding import Report
from pytorch_basics.errors import Problem


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(4, 7)
        self.head = nn.Linear(6, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x))


@pytest.fixture(autouse=True)
def _nothing_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("last_exc", "last_value"):
        monkeypatch.delattr(sys, name, raising=False)


def failed() -> BaseException:
    """An exception that PyTorch raised in a network of three lines."""
    try:
        Net()(torch.ones(5, 4))
    except RuntimeError as error:
        return error
    raise AssertionError


def test_nothing_raised_is_said() -> None:
    """And what to do."""
    assert NOTHING in " ".join(str(pb.explain()).split())


def test_the_exception_being_handled_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before an older one."""
    monkeypatch.setattr(sys, "last_value", ValueError("older"), raising=False)
    assert pb.explain().raised == "ValueError: older"
    try:
        raise KeyError("newer")
    except KeyError:
        assert pb.explain().raised == "KeyError: 'newer'"


def test_an_exception_may_be_passed() -> None:
    """The report names what PyTorch said, and the line of this file that ran."""
    report = pb.explain(failed())
    assert report.failure is not None
    assert report.raised == "RuntimeError: mat1 and mat2 shapes cannot be multiplied (5x7 and 6x2)"
    assert report.failure.frames[-1].text == "self.head(self.body(x))"
    assert not report.healthy


def test_an_error_without_a_rule_is_told_by_what_is_known() -> None:
    """Operands with shapes and where they came from; that there is no diagnosis is said."""
    table = {"weights": torch.ones(2, 3)}
    try:
        table["bias"] + table["weights"]
    except KeyError as error:
        report = pb.explain(error)
    said = " ".join(str(report).split())
    assert "An error without a diagnosis" in said
    assert 'failed `table["bias"]`' in said
    assert "table a dict of 1; made at line" in said


def test_this_packages_own_errors_say_what_to_do_themselves() -> None:
    """They are repeated, not diagnosed."""
    report = pb.explain(Problem("write x instead"))
    assert report.failure is None
    assert "write x instead" in report.notes[0]


def test_something_else_than_an_exception_is_refused() -> None:
    """In the words of every wrong argument."""
    with pytest.raises(TypeError, match=r"pb\.explain: error is 3"):
        pb.explain(3)  # type: ignore[arg-type]


def test_nothing_of_the_exception_is_kept_alive() -> None:
    """A report is plain data: the tensors go when the exception goes."""

    def explained() -> tuple[Report, weakref.ref[torch.Tensor]]:
        # A frame whose names were looked at keeps them until it ends (Python 3.11).
        given = torch.ones(5, 4)
        try:
            return Net()(given), weakref.ref(given)
        except RuntimeError as error:
            return pb.explain(error), weakref.ref(given)

    report, seen = explained()
    gc.collect()
    assert report.failure is not None
    assert seen() is None


REPL = """
import torch
torch.ones(2) @ torch.ones(3)
import pytorch_basics as pb
pb.explain()
"""


def test_in_a_repl_the_last_exception_is_explained() -> None:
    """Python keeps it; the report is printed where it is asked for."""
    command = [sys.executable, "-i", "-q"]
    said = subprocess.run(command, input=REPL, capture_output=True, text=True, timeout=120, check=False)
    assert "RuntimeError" in said.stderr
    assert "The doctor:" in said.stdout
    assert "inconsistent tensor size" in said.stdout
