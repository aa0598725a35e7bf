"""``pytorch-basics doctor script.py``: the script runs as without it, and the report stands beside what it prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "pytorch_basics", "doctor"]
TRAINS = """
import torch
from torch import nn

def main():
    torch.manual_seed(0)
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(8):
        optimizer.zero_grad()
        loss = model(torch.randn(16, 4)).square().mean()
        loss.backward()
        optimizer.step()
        print("step", step)
    print(loss.item())

main()
"""


def usual_signals() -> None:
    """What a child does of SIGINT and SIGHUP is inherited: a test run in the background would have them ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


USUAL: dict[str, Any] = {"preexec_fn": usual_signals} if os.name == "posix" else {}


def doctor(folder: Path, source: str, *arguments: str, options: tuple[str, ...] = (), **more: Any) -> Any:
    """Run ``source`` as a script under the doctor, in ``folder``."""
    (folder / "script.py").write_text(source, encoding="utf-8")
    command = [*COMMAND, *options, "script.py", *arguments]
    more = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 120, "check": False, **USUAL, **more}
    return subprocess.run(command, cwd=folder, **more)


def plainly(folder: Path, source: str, *arguments: str, **more: Any) -> Any:
    """Run ``source`` as Python runs a script."""
    (folder / "script.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "script.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **more)


def as_json(ended: Any) -> Any:
    """The report of ``--json``: the last line of stderr."""
    return json.loads(ended.stderr.splitlines()[-1])


WORLD = """
import os, pickle, sys
class Own: pass
print(sys.argv, __name__, __file__, sys.path[0], os.getcwd(), __spec__, __doc__, __annotations__)
print(pickle.loads(pickle.dumps(Own())).__class__ is sys.modules["__main__"].Own, input())
print(sorted(name for name in globals() if name.startswith("__")))
print(sys.stdout.errors, sys.stderr.errors, "torch" in sys.modules, sys.flags.safe_path)
"""


def test_a_script_finds_the_world_as_without_the_doctor(tmp_path: Path) -> None:
    """Arguments, names, paths, streams, stdin: all that it prints is what it prints alone."""
    watched = doctor(tmp_path, WORLD, "--lr", "3", "--json", "--", "x", input="typed\n")
    assert watched.stdout == plainly(tmp_path, WORLD, "--lr", "3", "--json", "--", "x", input="typed\n").stdout
    assert "'--lr', '3', '--json', '--', 'x'" in watched.stdout


def test_a_healthy_run_ends_with_0_and_says_what_was_watched(tmp_path: Path) -> None:
    """The numbers are those of the script alone; the report stands on stderr and names model, optimizer and steps."""
    watched = doctor(tmp_path, TRAINS)
    assert watched.stdout == plainly(tmp_path, TRAINS).stdout
    assert watched.returncode == 0
    assert "Nothing wrong was seen" in watched.stderr
    for part in ("Linear (2 parameters)", "SGD", "8 optimizer steps", "loss"):
        assert part in " ".join(watched.stderr.split())


@pytest.mark.parametrize(
    ("last", "code"), [("sys.exit(3)", 3), ("sys.exit('no')", 1), ("sys.exit()", 0), ("1 / 0", 1), ("os._exit(5)", 5)]
)
def test_the_exit_code_of_the_script_is_in_the_report_and_passed_through(tmp_path: Path, last: str, code: int) -> None:
    """``--passthrough`` gives the script's own exit code, and its own words on stderr come first."""
    source = f"import os, sys\n{last}\n"
    ended = doctor(tmp_path, source, options=("--json", "--passthrough"))
    alone = plainly(tmp_path, source)
    assert ended.returncode == alone.returncode == code
    assert ended.stderr.startswith(alone.stderr)
    assert as_json(ended)["script"]["exit"] == code


def test_an_exception_is_shown_as_python_shows_it_and_counts_as_ill(tmp_path: Path) -> None:
    """The traceback has no line of ours; the exit code is 1 and the report names the exception."""
    source = "def f(x):\n    return x.missing\n\nf(3)\n"
    ended = doctor(tmp_path, source)
    assert ended.returncode == 1
    assert ended.stderr.startswith(plainly(tmp_path, source).stderr)
    assert "pytorch_basics" not in ended.stderr
    assert "AttributeError: 'int' object has no attribute 'missing'" in ended.stderr.partition("The doctor:")[2]


def test_the_scripts_own_excepthook_is_used(tmp_path: Path) -> None:
    """Whoever shows tracebacks (rich, a debugger) still does."""
    ended = doctor(tmp_path, "import sys\nsys.excepthook = lambda *error: print('mine', error[1])\n1 / 0\n")
    assert ended.stdout == "mine division by zero\n"


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("missing.py", None, "missing.py cannot be read: No such file"),
        ("broken.py", "def f(:\n", "broken.py is not Python: invalid syntax"),
        ("zero.py", "x = 1\0", "zero.py is not Python"),
        ("book.ipynb", "{}", "is a notebook; write %load_ext pytorch_basics"),
        (".", None, ". is a folder; name a script in it"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_line(tmp_path: Path, name: str, source: str | None, said: str) -> None:
    """Exit code 2, no traceback."""
    if source is not None:
        (tmp_path / name).write_text(source, encoding="utf-8")
    ended = subprocess.run([*COMMAND, name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("options", [("--steps", "0"), ("--stop-after", "-1"), ("--steps", "many")])
def test_a_number_of_steps_is_one_from_1_on(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Anything else is refused before the script runs."""
    ended = doctor(tmp_path, "print('ran')", options=options)
    assert (ended.returncode, ended.stdout) == (2, "")


def test_a_report_goes_to_the_file_that_was_named(tmp_path: Path) -> None:
    """Then stderr is the script's alone, even where the script changes the folder; ``.html`` makes it a page."""
    source = "import os\nos.mkdir('sub')\nos.chdir('sub')\n"
    ended = doctor(tmp_path, source, options=("--report", "found.html"))
    page = (tmp_path / "found.html").read_text(encoding="utf-8")
    assert ended.stderr == ""
    assert page.startswith("<!doctype html>")
    assert "Nothing to look at" in page


def test_a_report_that_cannot_be_written_is_said_before_the_run(tmp_path: Path) -> None:
    """The script has not run for nothing."""
    ended = doctor(tmp_path, "print('ran')", options=("--report", "no/such/folder.txt"))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "cannot be written" in ended.stderr


def test_a_run_can_be_ended_after_some_steps(tmp_path: Path) -> None:
    """``--stop-after 3`` ends a run of any length; the report tells of what was seen."""
    ended = doctor(tmp_path, TRAINS, options=("--stop-after", "3"))
    assert ended.stdout == "step 0\nstep 1\n"
    assert "stopped after 3 optimizer steps" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_watching_can_be_ended_after_some_steps(tmp_path: Path) -> None:
    """``--steps 3`` stops watching, not the script."""
    ended = doctor(tmp_path, TRAINS, options=("--steps", "3"))
    assert "step 7" in ended.stdout
    assert "3 of them in full" in " ".join(ended.stderr.split())


def test_only_the_process_that_was_started_reports(tmp_path: Path) -> None:
    """A fork that ends by itself, by ``os._exit`` or by ``sys.exit`` keeps quiet."""
    source = (
        "import os, sys\n"
        "for how in (lambda: None, lambda: os._exit(7), lambda: sys.exit(8)):\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        how()\n"
        "        break\n"
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    ended = doctor(tmp_path, source)
    assert ended.stdout == plainly(tmp_path, source).stdout == "0\n7\n8\n"
    assert ended.stderr.count("The doctor:") == 1


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_that_kills_leaves_a_report(tmp_path: Path, name: str) -> None:
    """The process still dies of it, as without the doctor."""
    ended = doctor(tmp_path, f"import os, signal\nos.kill(os.getpid(), signal.{name})\nprint('survived')\n")
    assert (ended.returncode, ended.stdout) == (-getattr(signal, name), "")
    assert f"it was ended by {name}" in ended.stderr


def test_a_signal_that_the_script_handles_is_the_scripts(tmp_path: Path) -> None:
    """What it has put in place stays in place."""
    source = (
        "import os, signal\n"
        "signal.signal(signal.SIGTERM, lambda *_: print('handled'))\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        "print('survived')\n"
    )
    ended = doctor(tmp_path, source)
    assert (ended.returncode, ended.stdout) == (0, "handled\nsurvived\n")


def test_an_interrupt_ends_the_script_and_leaves_a_report(tmp_path: Path) -> None:
    """C-c while it waits: its traceback as usual, then what was seen so far."""
    (tmp_path / "script.py").write_text("import time\nprint('here', flush=True)\ntime.sleep(60)\n", encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "script.py"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **USUAL
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in said
    assert "interrupted" in said.partition("The doctor:")[2]


def test_the_report_waits_for_the_scripts_threads(tmp_path: Path) -> None:
    """Python ends after its last thread that is no daemon."""
    source = (
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.3), print('thread', flush=True))).start()\n"
    )
    ended = doctor(tmp_path, source)
    assert ended.stdout == "thread\n"
    assert "did not import torch" in " ".join(ended.stderr.split())


def test_worker_processes_find_the_scripts_classes(tmp_path: Path) -> None:
    """``__main__`` is real: what a spawned process unpickles from it is there."""
    source = (
        "import multiprocessing\n"
        "class Squared:\n"
        "    def __call__(self, x):\n"
        "        return x * x\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(Squared(), [1, 2, 3]))\n"
    )
    ended = doctor(tmp_path, source)
    assert ended.stdout == "[1, 4, 9]\n"
    assert ended.stderr.count("The doctor:") == 1
