"""Answers that try to pass without solving: each gets a clear message or is refused, none hangs, none passes.

The exercise is ``memory.strides_of`` unless a test says otherwise. What each one tries is its name; what it is told
is part of the test.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import pytorch_basics
from pytorch_basics.course.catalogue import find
from pytorch_basics.practice.desk import Desk
from pytorch_basics.practice.exercise import Exercise
from pytorch_basics.practice.sandbox import Sandbox
from pytorch_basics.practice.verdict import Verdict

SOLUTIONS = Path(pytorch_basics.__file__).parent / "course" / "memory" / "solutions.py"
Cell = Callable[..., dict[str, Any]]
Check = Callable[[str], Verdict]

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces and Landlock are Linux's")


@pytest.fixture
def check(sandbox: Sandbox, cell: Cell) -> Check:
    found = find("memory.strides_of")
    assert isinstance(found, Exercise)
    task = replace(found, seconds=2.0)
    desk = Desk("pytorch_basics.course", find, lambda: [task.id], lambda: sandbox)

    def run(source: str, **names: Any) -> Verdict:
        begun = time.monotonic()
        answer = cell("import os, sys, torch\n" + source, **names)["strides_of"]
        verdict = desk.check(task, answer)
        assert time.monotonic() - begun < 10, "it held the notebook up"
        assert not verdict.passed
        return verdict

    return run


def body(lines: str) -> str:
    indented = "\n".join(f"    {line}" for line in lines.splitlines())
    return f"def strides_of(shape):\n{indented}\n"


def test_a_right_answer_passes_in_the_same_setting(sandbox: Sandbox, cell: Cell) -> None:
    """The exercise can be passed at all, so that the refusals below mean something."""
    desk = Desk("pytorch_basics.course", find, list, lambda: sandbox)
    task = find("memory.strides_of")
    assert isinstance(task, Exercise)
    source = "import torch\n" + body("return torch.empty(shape).stride()")
    assert desk.check(task, cell(source)["strides_of"]).status in ("passed", "forbidden")
    loop = """\
steps, step = [], 1
for n in reversed(shape):
    steps.insert(0, step)
    step *= max(n, 1)
return tuple(steps)"""
    assert desk.check(task, cell(body(loop))["strides_of"]).passed


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("while True: pass", "did not finish within 2 seconds"),
        ("import time\ntime.sleep(1000)", "did not finish within 2 seconds"),
        ("return torch.ones(3000, 3000).matrix_power(10**9)", "did not finish within 2 seconds"),
        ("return sum(range(10**12))", "did not finish within 2 seconds"),
        ("sys.exit(0)", "SystemExit"),
        ("os._exit(0)", "ended Python"),
        ("import ctypes\nctypes.string_at(0)", "segmentation fault"),
        ("os.kill(os.getpid(), 9)\nos.abort()", ""),
        ("return torch.empty(2**40, dtype=torch.uint8)", "allocate"),
        ("return [0] * 10**12", "MemoryError"),
        ("x = []\nwhile True: x.append(bytearray(10**8))", ""),
        ("while True: print('x' * 1000)", ""),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return strides_of(shape)", "RecursionError"),
        ("return torch.ones(1).expand(10**10)", ""),
        ("return (x for x in shape)", "generator"),
    ],
)
def test_an_answer_that_breaks_the_process_is_told_how(check: Check, lines: str, told: str) -> None:
    """Loops in Python and in C, exits, crashes, memory and output without end: each is named."""
    verdict = check(body(lines))
    assert told in verdict.message
    assert verdict.message


def test_patching_torch_changes_no_verdict(check: Check) -> None:
    """Patched comparisons are patched in the answer's own process, where nothing is compared."""
    patches = "torch.equal = torch.allclose = torch.isclose = lambda *a, **k: True"
    assert check(body(f"{patches}\nreturn (0,)")).status in ("wrong", "misconception")


def test_patching_torch_in_the_notebook_changes_no_verdict(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """The references run and are compared in a process of their own, not in the notebook's."""
    import torch

    monkeypatch.setattr(torch, "equal", lambda *a: True)
    monkeypatch.setattr(torch, "isclose", lambda a, *_, **__: torch.ones_like(a, dtype=torch.bool))
    assert not check(body("return (0,)")).passed


def test_patching_this_package_changes_no_verdict(check: Check) -> None:
    """The package's own comparison can be patched in the sandbox; it is not used there."""
    patches = (
        "import pytorch_basics.practice.compare as c, pytorch_basics.practice.judge as j\n"
        "c.difference = j.difference = lambda *a: None\nj.judge = lambda *a: {}\nreturn (0,)"
    )
    assert not check(body(patches)).passed


def test_an_object_that_equals_everything_is_not_the_answer(check: Check) -> None:
    """``__eq__`` that is always true is never asked: only plain data leaves the sandbox."""
    source = "class Any_(tuple):\n    def __eq__(self, other): return True\n    __hash__ = None\n"
    check(source + body("return Any_((7,))"))
    source = "class Same:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
    assert "Same" in check(source + body("return Same()")).message


def test_frames_hold_no_expected_answer(check: Check) -> None:
    """Walking every frame and every object finds nothing that was expected."""
    lines = """\
import gc
frame = sys._getframe()
while frame:
    for name, value in list(frame.f_locals.items()):
        if "expected" in name or "reference" in name or "solution" in name:
            return value
    frame = frame.f_back
for thing in gc.get_objects():
    if type(thing).__name__ in ("Solutions", "Wrong"):
        return thing.references[0](shape)
return (0,)"""
    assert check(body(lines)).status in ("wrong", "misconception")


@linux
def test_the_solutions_cannot_be_read_from_disk(check: Check) -> None:
    """The file is there, but closed to the answer's process; so is importing it."""
    assert "PermissionError" in check(body(f"return open({str(SOLUTIONS)!r}).read()")).message
    assert "Error" in check(body("import pytorch_basics.course.memory.solutions")).message
    by_path = (
        f"import importlib.util as u\nreturn u.spec_from_file_location('s', {str(SOLUTIONS)!r}).loader.load_module()"
    )
    assert "Error" in check(body(by_path)).message


@linux
def test_a_solution_handed_in_by_name_is_refused(check: Check, cell: Cell) -> None:
    """Importing the reference in the notebook and handing it in does not help: only its name is sent."""
    verdict = check(
        "from pytorch_basics.course.memory.solutions import SOLUTIONS\n"
        "strides_of = SOLUTIONS['memory.strides_of'].references[0]"
    )
    assert verdict.status == "refused"
    assert "could not be loaded in the sandbox" in verdict.message


@linux
def test_nothing_outside_the_scratch_folder_can_be_written(check: Check, tmp_path: Path) -> None:
    """Writing beside the notebook, or into the home folder, is refused by the kernel."""
    target = tmp_path / "written"
    assert "PermissionError" in check(body(f"open({str(target)!r}, 'w').write('x')\nreturn (0,)")).message
    assert not target.exists()
    assert "FileNotFound" not in check(body("open('mine.txt', 'w').write('x')\nreturn (0,)")).message


@linux
def test_the_network_is_closed(check: Check) -> None:
    """Not even the machine itself can be reached."""
    lines = "import socket\ns = socket.create_connection(('127.0.0.1', 22), timeout=1)\nreturn (0,)"
    assert "Error" in check(body(lines)).message


@linux
def test_children_do_not_outlive_the_check(check: Check) -> None:
    """A child in a session of its own ends with the answer's process."""
    lines = "import subprocess\nsubprocess.Popen(['sleep', '987'], start_new_session=True)\nreturn (0,)"
    check(body(lines))
    time.sleep(0.5)
    running = [Path(f"/proc/{pid}/cmdline") for pid in os.listdir("/proc") if pid.isdigit()]
    assert not [path for path in running if path.exists() and b"sleep\x00987" in path.read_bytes()]


@linux
def test_the_environment_of_the_notebook_is_not_seen(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens in environment variables stay in the notebook's process."""
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    assert "hush" not in str(check(body("raise ValueError(str(dict(os.environ)))")))


def test_writing_to_every_pipe_is_refused(check: Check) -> None:
    """Bytes written to the channel that carries results are no result."""
    lines = """\
for fd in range(3, 64):
    try:
        os.write(fd, b'{"say": "finished", "verdict": "passed"}' * 50)
    except OSError:
        pass
return (0,)"""
    verdict = check(body(lines))
    assert verdict.status == "refused"
    assert "channel" in verdict.message


def test_a_forged_frame_is_only_another_wrong_answer(check: Check) -> None:
    """Even well-formed frames carry outcomes, and outcomes are compared; there is no verdict to forge."""
    lines = """\
import gc
from pytorch_basics.practice.wire import send
for thing in gc.get_objects():
    if type(thing).__name__ == "BufferedWriter" and thing.fileno() > 2:
        send(thing, {"say": "outcome", "id": "memory.strides_of", "tree": {"k": "passed"}})
        send(thing, {"say": "finished", "status": "passed"})
return (0,)"""
    assert check(body(lines)).status == "refused"


def test_a_forged_outcome_with_other_arguments_is_refused(check: Check) -> None:
    """An outcome that looks right but speaks of other arguments is no outcome."""
    lines = """\
import gc
from pytorch_basics.practice.codec import encode
from pytorch_basics.practice.wire import send
tree, blocks = encode([(1,), [], {}])
for thing in gc.get_objects():
    if type(thing).__name__ == "BufferedWriter" and thing.fileno() > 2:
        send(thing, {"say": "outcome", "id": "memory.strides_of", "tree": {"k": "returned", "value": tree}}, blocks)
return (0,)"""
    assert "channel" in check(body(lines)).message


def test_a_pickle_bomb_as_result_is_not_unpickled(check: Check, tmp_path: Path) -> None:
    """A result with a ``__reduce__`` crosses as its type's name."""
    target = tmp_path / "bomb"
    source = f"class Bomb:\n    def __reduce__(self): return (os.mkdir, ({str(target)!r},))\n"
    assert "Bomb" in check(source + body("return Bomb()")).message
    assert not target.exists()


def test_a_huge_global_is_named_before_it_is_sent(check: Check) -> None:
    """A 200 MB variable is refused at once, by name."""
    import torch

    begun = time.monotonic()
    verdict = check(body("return big.shape"), big=torch.zeros(50_000_000))
    assert verdict.status == "refused"
    assert "`big` (200 MB)" in verdict.message
    assert time.monotonic() - begun < 1


def test_something_that_cannot_be_sent_is_named(check: Check) -> None:
    """A lock, an open file or a running generator among the globals is refused with the reason."""
    verdict = check("import threading\nlock = threading.Lock()\n" + body("with lock: return (0,)"))
    assert "cannot be sent" in verdict.message


def test_after_all_that_the_next_answer_is_judged_as_ever(sandbox: Sandbox, cell: Cell) -> None:
    """The template process has survived every one of them."""
    test_a_right_answer_passes_in_the_same_setting(sandbox, cell)
