"""Handing in answers as learners write them: functions and classes, recursive, edited and run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from pytorch_basics.errors import Problem
from pytorch_basics.practice.desk import Desk
from pytorch_basics.practice.exercise import Exercise, Prediction
from pytorch_basics.practice.progress import Progress
from pytorch_basics.practice.sandbox import Sandbox
from pytorch_basics.practice.wire import receive

sys.path.insert(0, str(Path(__file__).parent))
import toy.factorial.exercises as toy_exercises

Cell = Callable[..., dict[str, Any]]
TOY: dict[str, Exercise | Prediction] = {task.id: task for task in toy_exercises.EXERCISES}


@pytest.fixture(scope="module")
def box() -> Any:
    """A sandbox that finds the toy course."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
        sandbox = Sandbox()
        sandbox.start()
        yield sandbox
        sandbox.stop()


@pytest.fixture
def desk(box: Sandbox) -> Desk:
    return Desk("toy", TOY.get, lambda: list(TOY), lambda: box)


@pytest.fixture
def hand_in(desk: Desk, cell: Cell, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a cell with ``@pb.exercise`` in it and give what it shows."""

    class Verbs:
        exercise = staticmethod(desk.exercise)
        predict = staticmethod(desk.predict)

    def run(source: str) -> str:
        cell(source, pb=Verbs, torch=torch)
        return capsys.readouterr().out

    return run


def test_a_function_is_checked_as_soon_as_its_cell_runs(hand_in: Callable[..., str]) -> None:
    """The decorator shows the verdict and gives the function back."""
    shown = hand_in('@pb.exercise("factorial.double")\ndef double(x):\n    return 2 * x\nassert double(3) == 6\n')
    assert "✓ Passed: factorial.double" in shown


def test_a_recursive_function_finds_itself(hand_in: Callable[..., str]) -> None:
    """A function is bound under its name for the check, although the decorator runs before Python binds it."""
    source = '@pb.exercise("factorial.factorial")\ndef factorial(n):\n    return 1 if n < 2 else n * factorial(n - 1)\n'
    assert "✓ Passed" in hand_in(source)


def test_an_edited_recursive_function_does_not_find_its_old_version(hand_in: Callable[..., str]) -> None:
    """A wrong first version, bound in the notebook, is not what the second one calls."""
    wrong = '@pb.exercise("factorial.factorial")\ndef factorial(n):\n    return 0 if n < 2 else n * factorial(n - 1)\n'
    assert "✗" in hand_in(wrong)
    assert "✓ Passed" in hand_in(wrong.replace("return 0", "return 1"))
    assert "✗" in hand_in(wrong)


def test_a_recursive_function_made_inside_another_finds_itself(hand_in: Callable[..., str]) -> None:
    """The closure cell through which it refers to itself is filled for the check."""
    source = (
        "def make():\n"
        '    @pb.exercise("factorial.factorial")\n'
        "    def factorial(n):\n        return 1 if n < 2 else n * factorial(n - 1)\n"
        "    return factorial\nassert make()(4) == 24\n"
    )
    assert "✓ Passed" in hand_in(source)


def test_a_function_may_call_others_of_the_notebook(hand_in: Callable[..., str]) -> None:
    """Helpers and constants of earlier cells go along, in their present version."""
    hand_in("FACTOR = 3\ndef helper(x):\n    return FACTOR * x\n")
    source = '@pb.exercise("factorial.double")\ndef double(x):\n    return helper(x)\n'
    assert "behaves as if doubling were tripling" in hand_in(source)
    hand_in("FACTOR = 2\n")
    assert "✓ Passed" in hand_in(source)


def test_an_answer_may_use_more_of_the_notebook_than_a_pipe_holds(hand_in: Callable[..., str]) -> None:
    """A data set of some megabytes that the function looks at travels with it."""
    hand_in("DATA = torch.zeros(10**6)\n")
    assert "✓ Passed" in hand_in('@pb.exercise("factorial.double")\ndef double(x):\n    return 2 * x + 0 * len(DATA)\n')


def test_a_class_with_two_argument_super_works_when_run_again(hand_in: Callable[..., str]) -> None:
    """``super(Net, self)`` finds this ``Net``, not the one of the run before."""
    source = (
        '@pb.exercise("factorial.net")\nclass Net(torch.nn.Module):\n'
        "    def __init__(self, n):\n        super(Net, self).__init__()\n"
        "        self.layer = torch.nn.Linear(n, 1)\n"
        "    def forward(self, x):\n        return self.layer(x)\n"
    )
    assert "✓ Passed" in hand_in(source)
    assert "✗" in hand_in(source.replace("return self.layer(x)", "return self.layer(x).squeeze()"))
    assert "✓ Passed" in hand_in(source)


def test_a_library_function_is_a_right_answer_too(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever knows that PyTorch has it may hand that in."""
    desk.exercise("factorial.double")(torch.Tensor.__add__) if False else None
    double = desk.exercise("factorial.absolute")(torch.abs)
    assert double is torch.abs
    assert "✓ Passed" in capsys.readouterr().out


def test_a_module_beside_the_notebook_goes_along(
    hand_in: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper file of the learner is sent with its code, for the sandbox has no such file."""
    (tmp_path / "my_helpers_file.py").write_text("def twice(x):\n    return 2 * x\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    source = (
        'import my_helpers_file\n@pb.exercise("factorial.double")\n'
        "def double(x):\n    return my_helpers_file.twice(x)\n"
    )
    assert "✓ Passed" in hand_in(source)


def test_a_plain_script_is_checked_too(tmp_path: Path) -> None:
    """Outside a notebook the verdict is printed; the script's folder may hold anything."""
    script = tmp_path / "answer.py"
    script.write_text(
        'import pytorch_basics as pb\n@pb.exercise("start.double")\ndef double(x):\n    return helper(x)\n'
        "def helper(x):\n    return 2 * x\n"
        '@pb.exercise("start.double")\ndef double(x):\n    return helper(x)\n'
    )
    (tmp_path / "torch.py").write_text("raise SystemExit('the wrong torch')")
    done = subprocess.run(
        [sys.executable, "-P", str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert "NameError" in done.stdout
    assert "✓ Passed" in done.stdout
    assert done.returncode == 0


def test_an_error_is_shown_with_the_learners_own_lines_only(hand_in: Callable[..., str]) -> None:
    """The trace quotes the cell, and no file of ours or of PyTorch's."""
    source = (
        '@pb.exercise("factorial.double")\ndef double(x):\n    y = torch.ones(2)\n    return y @ torch.ones(3, 3)\n'
    )
    shown = hand_in(source)
    assert "RuntimeError" in shown
    assert "line 4, in double\n    return y @ torch.ones(3, 3)" in shown
    assert "practice" not in shown
    assert "site-packages" not in shown


def test_the_smallest_failing_case_is_drawn_with_its_differences_marked(hand_in: Callable[..., str]) -> None:
    """Input, expected and yours stand beside each other, and differing cells carry a sign."""
    shown = hand_in('@pb.exercise("factorial.double")\ndef double(x):\n    return x + 2\n')
    assert "smallest case that fails" in shown
    assert "expected" in shown
    assert "yours" in shown
    assert "≠" in shown


def test_what_the_answer_prints_is_shown(hand_in: Callable[..., str]) -> None:
    """Printing is how beginners look inside."""
    shown = hand_in('@pb.exercise("factorial.double")\ndef double(x):\n    print("looking at", x)\n    return x\n')
    assert "It printed:\nlooking at" in shown


def test_a_changed_argument_is_noticed(hand_in: Callable[..., str]) -> None:
    """The numbers are right, but the learner's function wrote into what it was given."""
    shown = hand_in('@pb.exercise("factorial.double")\ndef double(x):\n    x *= 2\n    return x\n')
    assert "argument is not left as it should be" in shown


def test_a_function_the_exercise_forbids_is_named(hand_in: Callable[..., str]) -> None:
    """An exercise may ask to do without a function; using it is told, not run."""
    shown = hand_in(
        '@pb.exercise("factorial.absolute")\ndef absolute(x):\n    return x.clamp(min=0) + (-x).clamp(min=0)\n'
    )
    assert "It uses `clamp`" in shown


@pytest.mark.parametrize("thing", [3, None, "double", torch.ones(2)])
def test_a_thing_that_cannot_be_an_answer_is_told_what_to_decorate(desk: Desk, thing: Any) -> None:
    """Neither function nor class: the message says which line to write the decorator above."""
    with pytest.raises(Problem, match="wanted a function or a class") as error:
        desk.exercise("factorial.double")(thing)
    assert '@pb.exercise("factorial.double") on the line above `def double(x):`' in str(error.value)


def test_an_unknown_id_names_the_nearest(desk: Desk) -> None:
    """A slip of the pen is answered with what may have been meant."""
    with pytest.raises(Problem, match=r'there is no exercise "factorial.duble". Did you mean factorial.double'):
        desk.exercise("factorial.duble")


def test_a_function_without_quotes_is_told_to_name_the_exercise(desk: Desk) -> None:
    """``@pb.exercise`` without an id is a common slip."""
    with pytest.raises(Problem, match="wanted text"):
        desk.exercise(lambda x: x)  # type: ignore[arg-type]  # the mistake under test


def test_hints_come_one_after_another(desk: Desk) -> None:
    """First, second, third, and the third again."""
    said = [desk.hint("factorial.double").markdown for _ in range(4)]
    assert [text[:15] for text in said] == [
        "**Hint 1 of 3.*",
        "**Hint 2 of 3.*",
        "**Hint 3 of 3.*",
        "**Hint 3 of 3.*",
    ]


def test_solutions_show_after_a_pass_or_when_revealed(desk: Desk, hand_in: Callable[..., str]) -> None:
    """Before a pass they are kept back; revealing is possible, and remembered."""
    assert "show after you pass" in desk.solution("factorial.double").markdown
    assert "Reference 2" in desk.solution("factorial.factorial", reveal=True).markdown
    assert Progress().rows()["factorial.factorial"].revealed
    hand_in('@pb.exercise("factorial.double")\ndef double(x):\n    return 2 * x\n')
    assert "Reference 1" in desk.solution("factorial.double").markdown
    assert not Progress().rows()["factorial.double"].revealed


def test_every_attempt_is_kept_with_its_misconception(hand_in: Callable[..., str]) -> None:
    """Progress counts tries, names what fired, and remembers the pass."""
    source = '@pb.exercise("factorial.double")\ndef double(x):\n    return {} * x\n'
    hand_in(source.format(3))
    hand_in(source.format(2))
    row = Progress().rows()["factorial.double"]
    assert (row.tried, row.passed, row.misconceptions) == (2, True, ("factorial.double:triples",))


def test_an_unedited_stub_is_no_attempt(hand_in: Callable[..., str]) -> None:
    """ "Restart and run all" must not count as trying."""
    shown = hand_in('@pb.exercise("factorial.double")\ndef double(x):\n    """Twice x."""\n    ...\n')
    assert "Not answered yet" in shown
    assert Progress().rows() == {}


def test_an_unedited_class_without_methods_is_no_attempt(hand_in: Callable[..., str]) -> None:
    """The stub of a class is recognised too, although no code of it says where it was written."""
    shown = hand_in('@pb.exercise("factorial.net")\nclass Net(torch.nn.Module):\n    ...\n')
    assert "Not answered yet" in shown
    assert "factorial.net" not in Progress().rows()
    edited = hand_in('@pb.exercise("factorial.net")\nclass Net(torch.nn.Module):\n    size = 3\n')
    assert "Not yet: your answer raised" in edited
    assert Progress().rows()["factorial.net"].tried == 1


def test_a_class_made_inside_a_function_finds_the_globals_of_its_body(hand_in: Callable[..., str]) -> None:
    """Values, default values and annotations in its body are names of the notebook, also through a helper."""
    hand_in(
        "FACTOR, START, Kind = 2, 0, int\n"
        "def maker():\n"
        "    class Product:\n"
        "        factor = FACTOR\n"
        "        count: Kind = START\n"
        "        def of(self, x, start: Kind = START):\n            return start + self.factor * x\n"
        "    return Product()\n"
    )
    shown = hand_in('@pb.exercise("factorial.double")\ndef double(x):\n    return maker().of(x)\n')
    assert "✓ Passed" in shown


def test_the_call_of_a_class_exercise_is_shown_as_it_is_written(hand_in: Callable[..., str]) -> None:
    """By the name of the class; an object of the learner's is told by its class, without an address."""
    shown = hand_in(
        '@pb.exercise("factorial.net")\nclass Net:\n    def __init__(self, n):\n        self.n = n\n'
        "    def __call__(self, x):\n        return [self, len]\n"
    )
    assert "The call: Net(2, ‹tensor f32[1, 2]›)" in shown
    assert "[a Net object, <built-in function len>]" in shown
    assert "0x" not in shown


def test_a_prediction_is_compared_and_remembered(desk: Desk) -> None:
    """A guess is judged by running the code; a wrong one with a name is told so."""
    assert "order of the sizes" in desk.predict("factorial.shape", shape=(3, 2)).message
    assert desk.predict("factorial.shape", shape=[2, 3]).passed
    assert Progress().rows()["factorial.shape"].tried == 2
    with pytest.raises(Problem, match="does not ask for size"):
        desk.predict("factorial.shape", size=3)


def test_the_first_check_waits_for_the_template_and_says_so(cell: Cell, capsys: pytest.CaptureFixture[str]) -> None:
    """A check that comes before the checker is ready waits, with a message."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        cold = Sandbox()
        try:
            desk = Desk("toy", TOY.get, lambda: list(TOY), lambda: cold)
            assert desk.check(toy_exercises.DOUBLE, cell("def double(x):\n    return 2 * x\n")["double"]).passed
            assert "The checker is starting" in capsys.readouterr().out
        finally:
            cold.stop()


def test_without_fork_answers_are_judged_all_the_same(cell: Cell) -> None:
    """As on Windows: a process of its own for each answer, and the verdict says what is not protected."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        sandbox = Sandbox(fork=False)
        try:
            desk = Desk("toy", TOY.get, lambda: list(TOY), lambda: sandbox)
            right = desk.check(toy_exercises.DOUBLE, cell("def double(x):\n    return 2 * x\n")["double"])
            assert right.passed
            assert "nothing else is closed to it" in right.unprotected[0]
            looping = cell("def double(x):\n    while True: pass\n")["double"]
            assert "did not finish" in desk.check(toy_exercises.DOUBLE, looping).message
        finally:
            sandbox.stop()


def test_an_interrupt_ends_the_check_and_the_next_one_works(box: Sandbox, desk: Desk, cell: Cell) -> None:
    """Pressing stop during a check leaves the notebook usable."""
    import _thread

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
    looping = cell("def double(x):\n    while True: pass\n")["double"]
    heard = threading.Event()

    def press() -> None:
        while not heard.wait(0.5):  # Python drops an interrupt that comes while it collects garbage: press again
            _thread.interrupt_main()

    threading.Thread(target=press, daemon=True).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        desk.check(toy_exercises.DOUBLE, looping)
    heard.set()
    signal.signal(signal.SIGINT, before)
    assert time.monotonic() - begun < 5
    assert desk.check(toy_exercises.DOUBLE, cell("def double(x):\n    return 2 * x\n")["double"]).passed


def _processes_of(template: int) -> list[int]:
    """The process and all below it, read from /proc."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents[int(status.parent.name)] = int(fields[1])
    found = {template} & parents.keys()
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
@pytest.mark.parametrize("pause", [0.0, 0.02, 0.5])
def test_no_process_outlives_the_notebook(pause: float) -> None:
    """When the kernel goes, even just after the template is ready, template, judge and sandbox go as well."""
    program = "from pytorch_basics.practice.template import main; main()"
    template = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert template.stdin is not None
    assert template.stdout is not None
    receive(template.stdout)
    time.sleep(pause)
    started = _processes_of(template.pid)
    template.stdin.close()
    assert template.wait(10) == 0
    template.stdout.close()
    deadline = time.monotonic() + 5  # the system takes a moment to clear ended processes away
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in started):
        time.sleep(0.05)
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_many_workers_write_progress_at_once(tmp_path: Path) -> None:
    """Four processes, 25 attempts each: none is lost."""
    program = (
        "from pathlib import Path; import sys; from pytorch_basics.practice.progress import Progress\n"
        "p = Progress(Path(sys.argv[1]))\nfor i in range(25): p.attempt('a.b', 'wrong', None, 0.1)\n"
    )
    workers = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(4)]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0, 0]
    assert Progress(tmp_path).rows()["a.b"].tried == 100
