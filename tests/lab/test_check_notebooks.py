"""Checking saved notebooks from the command line: every exercise gets a verdict, whatever its neighbours do."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import pytorch_basics
from pytorch_basics import cli
from pytorch_basics.course.catalogue import of_topic
from pytorch_basics.errors import Problem
from pytorch_basics.lab import check_notebooks
from pytorch_basics.lab.check_notebooks import Checked, code_cells, exercise_ids
from pytorch_basics.lab.shipped import places
from pytorch_basics.practice.progress import FOLDER
from pytorch_basics.practice.sandbox import Sandbox
from pytorch_basics.practice.verdict import Verdict

IMPORTS = "import torch\nimport pytorch_basics as pb"
DOUBLE = '@pb.exercise("start.double")\ndef double(x):\n    return {}'
TOTAL = '@pb.exercise("start.total")\ndef total(prices, amounts):\n    return (prices * amounts).sum()'
GUESS = 'pb.predict("start.guess", shape={}, y_total=12, x_total=6)'
RIGHT = [IMPORTS, DOUBLE.format("x + x"), GUESS.format("(2, 3)"), TOTAL]
LOOP = '@pb.exercise("start.double")\ndef double(x):\n    while True: pass'

Check = Callable[..., Checked]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces and Landlock are Linux's")


def write(path: Path, *cells: str) -> Path:
    """A notebook with these code cells."""
    listed = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for i, source in enumerate(cells)
    ]
    path.write_text(json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


@pytest.fixture
def check(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.setattr(check_notebooks, "SILENCE", 3.0)

    def run(*cells: str, name: str = "mine.ipynb") -> Checked:
        return check_notebooks.check(write(tmp_path / name, *cells), sandbox)

    return run


def statuses(checked: Checked) -> dict[str, str]:
    return {verdict.exercise: verdict.status for verdict in checked.verdicts}


def only(checked: Checked) -> Verdict:
    (verdict,) = checked.verdicts
    return verdict


def test_a_notebook_answered_rightly_passes(check: Check) -> None:
    """Functions and predictions are judged in the order of their cells."""
    checked = check(*RIGHT)
    assert statuses(checked) == dict.fromkeys(["start.double", "start.guess", "start.total"], "passed")
    assert checked.passed
    assert checked.errors == []


def test_a_wrong_answer_is_told_its_misconception(check: Check) -> None:
    """As in the notebook itself; the others are not touched by it."""
    checked = check(IMPORTS, DOUBLE.format("x ** 2"), GUESS.format("(3, 2)"), TOTAL)
    assert [verdict.name for verdict in checked.verdicts] == ["start.double:square", "start.guess:columns_first", None]
    assert not checked.passed


def test_a_shipped_lesson_runs_to_its_end_and_is_not_passed(sandbox: Sandbox) -> None:
    """Unanswered, every exercise of the lesson is judged and none passes."""
    checked = check_notebooks.check(places()["00_start.ipynb"], sandbox)
    assert list(statuses(checked)) == [task.id for task in of_topic("start")]
    assert not any(verdict.passed for verdict in checked.verdicts)
    assert checked.errors == []


def test_a_prediction_not_filled_in_is_not_answered_yet(check: Check) -> None:
    """Three dots are no guess, and no wrong one."""
    assert only(check(IMPORTS, 'pb.predict("start.guess", shape=..., y_total=12, x_total=6)')).status == "todo"


def test_a_prediction_may_be_written_with_tensors_and_sizes(check: Check) -> None:
    """A guess counts as it does in the notebook: sizes as tuples, one-number tensors as numbers."""
    guess = 'pb.predict("start.guess", shape=torch.Size([2, 3]), y_total=torch.tensor(12.0), x_total=torch.tensor(6))'
    assert only(check(IMPORTS, guess)).passed


def test_the_last_definition_counts(check: Check) -> None:
    """As in a notebook that is run from top to bottom."""
    assert only(check(IMPORTS, DOUBLE.format("x * 3"), DOUBLE.format("x * 2"))).passed
    assert not only(check(IMPORTS, DOUBLE.format("x * 2"), DOUBLE.format("x * 3"))).passed


def test_helpers_and_recursion_across_cells_work(check: Check) -> None:
    """The whole notebook runs, so an answer may use what earlier cells made, and itself."""
    helper = "def helper(x):\n    return x + x"
    recursive = (
        '@pb.exercise("start.double")\ndef double(x, n=1):\n    return helper(x) if n == 0 else double(x, n - 1)'
    )
    assert only(check(IMPORTS, helper, recursive)).passed


def test_a_loop_without_end_does_not_stop_the_others(check: Check) -> None:
    """The exercise that hangs is told so; those before and after it, predictions too, get their own verdicts."""
    begun = time.monotonic()
    checked = check(IMPORTS, TOTAL, LOOP, GUESS.format("(2, 3)"))
    assert statuses(checked) == {"start.total": "passed", "start.double": "refused", "start.guess": "passed"}
    assert "did not finish within 3 seconds" in checked.verdicts[1].message
    assert time.monotonic() - begun < 30


def test_a_crash_in_an_answer_does_not_stop_the_others(check: Check) -> None:
    """Ending Python from inside one answer leaves the rest of the notebook to be judged."""
    checked = check(IMPORTS, DOUBLE.format("__import__('os')._exit(0)"), GUESS.format("(2, 3)"), TOTAL)
    assert statuses(checked) == {"start.double": "refused", "start.guess": "passed", "start.total": "passed"}
    assert "ended Python" in checked.verdicts[0].message


def test_ending_python_in_a_cell_is_reported_with_the_cell(check: Check) -> None:
    """What came before is judged; what comes after was never reached, and is not passed."""
    checked = check(IMPORTS, DOUBLE.format("x + x"), "import os; os._exit(0)", TOTAL)
    assert statuses(checked) == {"start.double": "passed", "start.total": "refused"}
    assert any(error.startswith("cell 3: It ended Python") for error in checked.errors)


def test_a_cell_without_end_is_reported_with_the_cell(check: Check) -> None:
    """A loop outside every exercise is found by the clock too."""
    checked = check(IMPORTS, "while True: pass", TOTAL)
    assert statuses(checked) == {"start.total": "refused"}
    assert checked.errors == ["cell 2: It did not finish within 3 seconds. Look for a loop that never ends"]


def test_each_cell_has_the_time_anew(check: Check) -> None:
    """A notebook of many cells that compute for a while is not a notebook that hangs."""
    busy = "import time\nend = time.process_time() + 0.9\nwhile time.process_time() < end: pass"
    assert check(IMPORTS, busy, busy, busy, busy, TOTAL).passed


def test_a_cell_that_raises_is_reported_and_the_rest_runs(check: Check) -> None:
    """Lessons show errors on purpose: they are named, and fail nothing by themselves."""
    checked = check(IMPORTS, "1 / 0", "raise SystemExit(3)", TOTAL)
    assert checked.errors == ["cell 2: ZeroDivisionError: division by zero", "cell 3: SystemExit: 3"]
    assert checked.passed


def test_lines_that_only_a_notebook_understands_are_skipped(check: Check) -> None:
    """Magics, shell lines and whole cells of another language, also inside an ``if``."""
    checked = check(
        "%matplotlib inline\n!pip install torch\n" + IMPORTS,
        "%%bash\nrm -rf everything",
        "if False:\n    %pip install torch\n" + DOUBLE.format("x + x"),
    )
    assert checked.errors == []
    assert only(checked).passed


def test_a_line_that_begins_with_a_percent_sign_is_no_magic_in_python(check: Check) -> None:
    """A remainder or a formatted text may go on in the next line."""
    checked = check(IMPORTS, 'text = (\n    "%d cells"\n    % 3\n)\nassert text == "3 cells"')
    assert checked.errors == ["it holds no exercises"]
    assert check(IMPORTS, 'text = (\n    "%d cells"\n    % 3\n)\nassert text == "3 cells"', TOTAL).errors == []


def test_an_exercise_in_a_cell_that_is_no_python_is_not_passed(check: Check) -> None:
    """A typing error in the answer's cell does not make the exercise disappear."""
    checked = check(IMPORTS, DOUBLE.format("x +"))
    assert only(checked).status == "refused"
    assert checked.errors[0].startswith("cell 2: SyntaxError")


def test_an_unknown_exercise_names_the_nearest_and_is_not_passed(check: Check) -> None:
    """A typing error in the id cannot make a notebook pass."""
    checked = check(IMPORTS, DOUBLE.format("x + x").replace("start.double", "start.duble"))
    assert only(checked).status == "refused"
    assert 'There is no exercise "start.duble". Did you mean start.double' in only(checked).message
    assert not checked.passed


def test_a_lesson_whose_exercises_were_deleted_is_not_passed(check: Check) -> None:
    """A notebook with a lesson's name answers for every exercise of its topic."""
    checked = check(*RIGHT[:-1], name="00_start.ipynb")
    assert statuses(checked)["start.total"] == "refused"
    assert "never reached" in checked.verdicts[-1].message
    assert check(*RIGHT, name="00_start.ipynb").passed


@pytest.mark.parametrize(
    "forgery",
    [
        "pb.exercise = lambda id: (lambda answer: print('✓ Passed') or answer)",
        "print('✓ Passed: start.double')",
        "import pytorch_basics.practice.compare as c\nc.difference = lambda *a: None",
        "import torch\ntorch.equal = torch.isclose = lambda *a, **k: torch.tensor(True)",
        "class pb:\n    exercise = staticmethod(lambda id: lambda answer: answer)",
        "import sys, types\nsys.modules['pytorch_basics.practice.codec'] = types.ModuleType('none')",
    ],
)
def test_a_notebook_that_forges_the_verbs_is_not_passed(check: Check, forgery: str) -> None:
    """What the notebook says of itself is not the verdict; that is made outside, on what the answer returned."""
    assert not only(check(IMPORTS, forgery, DOUBLE.format("x * 3"))).passed


@linux
@pytest.mark.parametrize(
    "read",
    [
        "print(open({path!r}).read())",
        "from pytorch_basics.course.start.solutions import SOLUTIONS",
        "import subprocess; subprocess.run(['cat', {path!r}], check=True)",
    ],
)
def test_the_solutions_cannot_be_read_from_a_cell(check: Check, read: str) -> None:
    """The whole notebook is inside the sandbox, not only the answers."""
    path = str(Path(pytorch_basics.__file__).parent / "course" / "start" / "solutions.py")
    checked = check(IMPORTS, read.format(path=path), TOTAL)
    assert len(checked.errors) == 1
    assert "Error" in checked.errors[0]
    assert checked.passed


@linux
def test_a_cell_can_write_nothing_beside_the_notebook(check: Check, tmp_path: Path) -> None:
    """A submission that is checked on a teacher's machine leaves no trace there."""
    checked = check(IMPORTS, f"open({str(tmp_path / 'written')!r}, 'w')", "open('mine.txt', 'w').write('x')", TOTAL)
    assert [error.split(":")[0] for error in checked.errors] == ["cell 2"]
    assert not (tmp_path / "written").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{not json", "Expecting property name"),
        ("", "Expecting value"),
        ("[]", "list indices"),
        ("{}", "it has no 'cells'"),
        ('{"cells": [{"cell_type": "code"}]}', "it has no 'source'"),
        ('{"cells": [{"cell_type": "code", "source": 3}]}', "can only join"),
        ("[" * 100_000, "recursion"),
        ("\udcff", "codec can't decode"),
    ],
)
def test_a_file_that_is_no_notebook_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, told: str
) -> None:
    """The line names the file and the reason; the exit status is 2; the file is as it was."""
    path = tmp_path / "broken.ipynb"
    path.write_bytes(content.encode(errors="surrogateescape"))
    before = path.read_bytes()
    assert cli.main(["check", str(path)]) == 2
    line = capsys.readouterr().err.strip()
    assert line.startswith(f"pytorch-basics: {path} is not a readable notebook (")
    assert told in line
    assert "\n" not in line
    assert path.read_bytes() == before


def test_a_missing_file_and_a_directory_are_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each says what is wrong with the name that was given."""
    assert cli.main(["check", str(tmp_path / "none.ipynb")]) == 2
    assert capsys.readouterr().err.strip().endswith("does not exist; name a notebook, or a topic such as tensors")
    assert cli.main(["check", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err


def test_code_cells_are_numbered_as_the_learner_counts_them(tmp_path: Path) -> None:
    """A skipped cell keeps its number."""
    path = write(tmp_path / "n.ipynb", "a = 1", "%%html\n<b>", "b = 2")
    assert list(code_cells(path)) == [(1, "a = 1"), (3, "b = 2")]


def test_ids_are_found_where_they_are_called_and_nowhere_else() -> None:
    """A comment or a text that mentions an exercise is not that exercise."""
    cells = [(1, '# @pb.exercise("a.b")\ns = \'pb.predict("c.d")\''), (2, 'pb.predict("e.f", x=1)'), (3, TOTAL)]
    assert exercise_ids(cells) == ["e.f", "start.total"]


def test_the_command_passes_and_fails_by_its_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 when every exercise of every notebook is passed, 1 otherwise; the misconception is in the line."""
    right, wrong = write(tmp_path / "right.ipynb", *RIGHT), write(tmp_path / "w.ipynb", IMPORTS, DOUBLE.format("x+2"))
    assert cli.main(["check", str(right)]) == 0
    shown = capsys.readouterr().out
    assert shown == "right.ipynb\n  ✓ start.double\n  ✓ start.guess\n  ✓ start.total\n"
    assert cli.main(["check", str(right), str(wrong)]) == 1
    assert (
        "✗ start.double  misconception: Your answer behaves as if doubling meant adding 2." in capsys.readouterr().out
    )


def test_json_holds_a_row_for_each_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs: path, passed, errors, and every verdict with its status and misconception."""
    path = write(tmp_path / "w.ipynb", IMPORTS, DOUBLE.format("x ** 2"), "1 / 0")
    assert cli.main(["check", "--json", str(path)]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert set(row) == {"notebook", "passed", "exercises", "errors"}
    assert (row["notebook"], row["passed"]) == (str(path), False)
    assert row["errors"] == ["cell 3: ZeroDivisionError: division by zero"]
    (exercise,) = row["exercises"]
    assert (exercise["exercise"], exercise["status"], exercise["name"]) == (
        "start.double",
        "misconception",
        "start.double:square",
    )


def test_checking_writes_no_progress_and_changes_no_notebook(tmp_path: Path) -> None:
    """A teacher's check is not the learner's attempt."""
    path = write(tmp_path / "right.ipynb", *RIGHT)
    before = path.read_bytes()
    assert cli.main(["check", str(path)]) == 0
    assert path.read_bytes() == before
    assert not (tmp_path / FOLDER).exists()


def test_a_notebook_that_cannot_be_read_raises_a_problem(tmp_path: Path, sandbox: Sandbox) -> None:
    """For callers in Python."""
    with pytest.raises(Problem, match="does not exist"):
        check_notebooks.check(tmp_path / "none.ipynb", sandbox)
