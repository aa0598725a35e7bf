"""The command line: what each command prints, its exit status, and one clear line where something is not possible."""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytorch_basics import __version__, cli
from pytorch_basics.course import COURSE
from pytorch_basics.course.catalogue import of_topic
from pytorch_basics.course.overview import notebook_name
from pytorch_basics.errors import Problem
from pytorch_basics.lab.workspace import Workspace
from pytorch_basics.practice.progress import FOLDER, Progress

README = Path(__file__).parents[2] / "README.md"
Out = pytest.CaptureFixture[str]


def commands() -> list[str]:
    """Every command there is."""
    (action,) = [a for a in cli._parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return list(action.choices)


def command(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m pytorch_basics`` as a learner does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pytorch_basics", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=100,
        env=os.environ | {"PYTHONWARNINGS": "default"} | environment,
    )


def one_line(shown: str) -> str:
    """The line an error is told in: there is exactly one."""
    (line,) = shown.strip().splitlines()
    assert line.startswith("pytorch-basics: ")
    return line


def test_without_a_command_the_usage_is_shown() -> None:
    """Exit status 2, the commands named, no traceback."""
    done = command()
    assert done.returncode == 2
    assert done.stdout == ""
    assert "usage: pytorch-basics" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_names_those_there_are() -> None:
    """A typing error is answered with the list."""
    done = command("chekc")
    assert done.returncode == 2
    assert all(name in done.stderr for name in commands())


def test_the_version_is_the_packages() -> None:
    """For bug reports."""
    assert command("--version").stdout.strip() == __version__


@pytest.mark.parametrize("name", ["lab", "check", "progress", "reset"])
def test_every_command_has_help(name: str, capsys: Out) -> None:
    """``--help`` says what each argument is."""
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: pytorch-basics {name}" in capsys.readouterr().out


def test_every_command_is_documented() -> None:
    """The README shows each command as it is typed."""
    text = README.read_text(encoding="utf-8")
    assert [name for name in commands() if f"pytorch-basics {name}" not in text] == []


def test_progress_of_a_new_learner_names_the_first_exercise(workspace: Path, capsys: Out) -> None:
    """Every topic is listed, none passed, and the notebook to open is named."""
    Workspace(workspace).prepare()
    assert cli.main(["progress"]) == 0
    shown = capsys.readouterr().out.splitlines()
    for topic, line in zip(COURSE, shown, strict=False):
        assert line == f"{topic:<12} passed 0 of {len(of_topic(topic))}, tried 0 times"
    assert shown[-1].startswith(f"Next: {of_topic('start')[0].id} in ")


@pytest.mark.parametrize("arguments", [["progress"], ["check"], ["reset", "tensors"]])
def test_without_a_course_folder_each_command_says_how_to_make_one(
    tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """In a place where ``lab`` was never started, and for a folder that holds no course; nothing is created."""
    monkeypatch.delenv("PYTORCH_BASICS_WORKSPACE")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    assert one_line(capsys.readouterr().err).endswith("; make one with: pytorch-basics lab")
    assert cli.main([*arguments, "--folder", "typing-error"]) == 2
    assert one_line(capsys.readouterr().err) == (
        "pytorch-basics: there is no course folder typing-error; make one with: pytorch-basics lab typing-error"
    )
    assert list(tmp_path.iterdir()) == []


def test_progress_shows_passes_tries_and_misconceptions(workspace: Path, capsys: Out) -> None:
    """What fired is named, below its topic."""
    progress = Progress(workspace)
    progress.attempt("start.double", "misconception", "start.double:square", 0.1)
    progress.attempt("start.double", "passed", None, 0.1)
    assert cli.main(["progress"]) == 0
    shown = capsys.readouterr().out
    assert f"start        passed 1 of {len(of_topic('start'))}, tried 2 times\n" in shown
    assert "misconception met: start.double:square\n" in shown
    assert "Next: start.guess in " in shown


def test_progress_as_json(workspace: Path) -> None:
    """The same for programs, as a whole process prints it."""
    progress = Progress(workspace)
    progress.attempt("start.double", "misconception", "start.double:square", 0.1)
    progress.helped("start.double", "hint")
    done = command("progress", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert [topic["topic"] for topic in found["topics"]] == list(COURSE)
    assert found["exercises"] == [
        {
            "exercise": "start.double",
            "passed": False,
            "tried": 1,
            "misconceptions": ["start.double:square"],
            "hints": 1,
            "revealed": False,
        }
    ]


def test_progress_of_another_folder_is_asked_for_by_name(tmp_path: Path, capsys: Out) -> None:
    """A teacher looks into a student's folder."""
    Progress(tmp_path / "student").attempt("start.double", "passed", None, 0.1)
    assert cli.main(["progress", "--folder", str(tmp_path / "student")]) == 0
    assert "passed 1 of" in capsys.readouterr().out


def test_the_default_folder_is_found_from_where_it_was_made(
    tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ``pytorch-basics lab`` the other commands work in the same place without naming the folder."""
    monkeypatch.delenv("PYTORCH_BASICS_WORKSPACE")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    Progress(tmp_path / cli.DEFAULT_FOLDER).attempt("start.double", "passed", None, 0.1)
    assert cli.main(["progress"]) == 0
    assert "passed 1 of" in capsys.readouterr().out


def test_reset_puts_the_lesson_back_and_names_the_backup(tmp_path: Path, capsys: Out) -> None:
    """The learner is told where theirs is now."""
    Workspace(tmp_path).prepare()
    (tmp_path / notebook_name("memory")).write_text("mine")
    assert cli.main(["reset", "memory"]) == 0
    shown = capsys.readouterr().out.strip()
    assert shown.startswith("memory is as it was shipped; yours is kept as ")
    assert Path(shown.split(" kept as ")[1]).read_text() == "mine"


def test_reset_of_an_unknown_topic_is_one_line(workspace: Path) -> None:
    """It names the nearest topic."""
    Workspace(workspace).prepare()
    done = command("reset", "memroy")
    assert (done.returncode, done.stdout) == (2, "")
    assert one_line(done.stderr) == 'pytorch-basics: there is no topic "memroy". Did you mean memory?'


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_in_use_is_one_line(tmp_path: Path, taken: int) -> None:
    """Another port is suggested; the learner's folder is ready all the same."""
    done = command("lab", tmp_path / "work", "--port", str(taken), "--browser", "none")
    assert done.returncode == 2
    assert one_line(done.stderr).startswith(f"pytorch-basics: port {taken} is in use; choose another, such as ")
    assert (tmp_path / "work" / "Welcome.ipynb").is_file()


@pytest.mark.parametrize("port", ["0", "-1", "70000"])
def test_a_number_that_is_no_port_is_one_line(tmp_path: Path, capsys: Out, port: str) -> None:
    """The line says which numbers are ports."""
    assert cli.main(["lab", str(tmp_path), f"--port={port}"]) == 2
    assert one_line(capsys.readouterr().err) == (
        f"pytorch-basics: {port} is not a port; choose a number from 1024 to 65535"
    )


def test_a_port_that_is_no_number_is_refused(tmp_path: Path, capsys: Out) -> None:
    """Before anything is made."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["lab", str(tmp_path / "work"), "--port", "eight"])
    assert ended.value.code == 2
    assert "argument --port: invalid int value: 'eight'" in capsys.readouterr().err
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("arguments", [["lab", "{}", "--browser", "none"], ["reset", "tensors", "--folder", "{}"]])
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    """The path leads through a file, which stays as it is."""
    (tmp_path / "file").write_text("mine")
    place = tmp_path / "file" / "work"
    done = command(*[argument.format(place) for argument in arguments])
    assert done.returncode == 2
    assert str(place) in one_line(done.stderr)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("arguments", [["progress"], ["reset", "tensors"], ["lab", "--browser", "none"]])
def test_a_path_that_the_system_refuses_is_one_line(capsys: Out, arguments: list[str], tmp_path: Path) -> None:
    """A name too long, or a folder one may not look into: no traceback for either."""
    place = str(tmp_path / ("x" * 300))
    named = [place] if arguments[0] == "lab" else ["--folder", place]
    assert cli.main([*arguments, *named]) == 2
    assert place in one_line(capsys.readouterr().err)


def test_progress_of_a_newer_version_is_one_line(workspace: Path, capsys: Out) -> None:
    """``lab`` and ``progress`` say how to update, and touch nothing."""
    Progress(workspace).attempt("start.double", "passed", None, 0.1)
    import sqlite3

    db = sqlite3.connect(workspace / FOLDER / "progress.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.commit()
    db.close()
    for arguments in (["progress"], ["lab", str(workspace), "--browser", "none"]):
        assert cli.main(arguments) == 2
        assert "pip install --upgrade pytorch-basics" in one_line(capsys.readouterr().err)
    assert not list(workspace.glob("*.ipynb"))


def test_a_terminal_that_has_no_tick_shows_another_sign(tmp_path: Path) -> None:
    """On Windows a pipe may know no ``✓``; that is no reason for a traceback."""
    (tmp_path / FOLDER).mkdir()
    done = command("progress", "--folder", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    notebook = tmp_path / "n.ipynb"
    cell = {"cell_type": "code", "source": '@pb.exercise("no.such")\ndef f(): ...'}
    notebook.write_text(json.dumps({"cells": [cell]}))
    done = command("check", notebook, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, "")
    assert "? no.such  refused" in done.stdout


@pytest.mark.parametrize(
    "torch", ["2.13.0", "2.13.0+cpu", "2.14.1+cu130", "3.0", "2.14.0.dev20260101", "2.15.0a0+git1"]
)
def test_a_recent_python_and_torch_are_taken(torch: str) -> None:
    """Builds for the CPU, for CUDA, nightly and from source all count by their version."""
    cli._must_be_recent((3, 11), torch)
    cli._must_be_recent((3, 14), torch)


@pytest.mark.parametrize(
    ("python", "torch", "told"),
    [
        ((3, 10), "2.13.0", "Python 3.10 is too old; install Python 3.11 or later"),
        ((2, 7), None, "Python 2.7 is too old; install Python 3.11 or later"),
        ((3, 12), None, "PyTorch is not installed; install it with: pip install torch"),
        ((3, 11), "2.9.1+cpu", 'PyTorch 2.9.1+cpu is too old; update it with: pip install --upgrade "torch>=2.13"'),
        ((3, 11), "1.13.1", 'PyTorch 1.13.1 is too old; update it with: pip install --upgrade "torch>=2.13"'),
    ],
)
def test_a_python_or_torch_too_old_is_one_line(python: tuple[int, int], torch: str | None, told: str) -> None:
    """The line says what to type."""
    with pytest.raises(Problem) as caught:
        cli._must_be_recent(python, torch)
    assert str(caught.value) == told


def test_the_oldest_torch_is_the_one_that_is_declared() -> None:
    """``pyproject.toml`` and the command line agree."""
    text = (README.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"torch>={cli._OLDEST_TORCH[0]}.{cli._OLDEST_TORCH[1]}.' in text
    assert f'requires-python = ">={cli._OLDEST_PYTHON[0]}.{cli._OLDEST_PYTHON[1]}"' in text


def test_help_comes_without_loading_pytorch() -> None:
    """The commands that need no tensors start at once."""
    program = "import sys\nfrom pytorch_basics import cli\ncli._must_be_recent((3, 11), cli._torch_version())\n"
    program += "try: cli.main(['--help'])\nexcept SystemExit: pass\nassert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60).returncode == 0
