"""The benchmarks: none is forgotten, what they print is read back, and the cheapest promise holds."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
# A promise is a file that gives rows of the table; the others help it.
PROMISES = sorted(path.stem for path in BENCHMARKS.glob("*.py") if "\ndef rows() " in path.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmarks find each other as they do when one of them is run."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def timing() -> Any:
    return import_module("timing")


def test_every_promise_stands_in_the_table() -> None:
    """``make bench`` runs every file of ``benchmarks/`` that measures a promise, and no other."""
    assert sorted(import_module("run_all").BENCHMARKS) == PROMISES


@pytest.mark.parametrize("name", PROMISES)
def test_every_benchmark_says_how_it_is_run(name: str) -> None:
    """A benchmark opens with what it measures and the command that runs it alone."""
    module = import_module(name)
    assert f"python benchmarks/{name}.py" == module.COMMAND
    assert module.COMMAND in (module.__doc__ or "")


def test_the_import_leaves_torch_unloaded() -> None:
    """``import_cost`` looks at a fresh Python, where our package is loaded and torch is not."""
    loaded = import_module("import_cost").loaded
    assert "pytorch_basics" in loaded("import pytorch_basics")
    assert "torch" not in loaded("import pytorch_basics")


def test_the_import_cost_would_notice_torch() -> None:
    """A torch that a program did load is among what ``import_cost`` finds."""
    assert "torch" in import_module("import_cost").loaded("import sys; sys.modules['torch'] = sys")


def test_rows_survive_the_way_to_the_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What a benchmark prints with ``--json`` is what ``run_all`` reads, after anything printed before it."""
    monkeypatch.setattr(sys, "argv", ["x.py", "--json"])
    rows = [timing().Row("a look", "2 ms", "≤ 5 ms", True, "python x.py"), timing().Row("a peer's", "9 s")]
    print("something else")
    assert timing().report(rows) == 0
    assert timing().from_json(capsys.readouterr().out) == rows


def test_a_broken_promise_is_marked_and_fails() -> None:
    """A promise that is not kept gets a ✗ and the exit status 1; a time without a promise gets no sign."""
    rows = [timing().Row("a look", "9 ms", "≤ 5 ms", False), timing().Row("a peer's", "9 s")]
    assert timing().report(rows) == 1
    assert "✗ ≤ 5 ms" in timing().table(rows)
    assert timing().table(rows).count("✗") == 1


def test_a_benchmark_that_fails_is_a_row() -> None:
    """A benchmark that ends with an error breaks its promise and hides no other."""
    [row] = import_module("run_all").measured("there_is_no_such_benchmark")
    assert row.kept is False
    assert "failed" in row.measured
