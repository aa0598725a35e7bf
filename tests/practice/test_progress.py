"""The learner's progress on disk: shared by notebooks, kept through crashes, never silently written over."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pytorch_basics.errors import Problem
from pytorch_basics.practice.progress import FOLDER, SCHEMA, Progress, Row, workspace


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    """One exercise passed after one misconception."""
    found = Progress(tmp_path)
    found.attempt("a.b", "misconception", "a.b:swapped", 0.1)
    found.attempt("a.b", "passed", None, 0.2)
    return found


def test_a_row_tells_how_an_exercise_stands(progress: Progress) -> None:
    """Tries, the pass, misconceptions each once and oldest first, hints, and whether the solution was revealed."""
    progress.attempt("a.c", "misconception", "a.c:two", 0.1)
    progress.attempt("a.c", "misconception", "a.c:one", 0.1)
    progress.attempt("a.c", "misconception", "a.c:two", 0.1)
    progress.helped("a.c", "hint")
    progress.helped("a.c", "hint")
    progress.helped("a.d", "reveal")
    assert progress.rows() == {
        "a.b": Row("a.b", passed=True, tried=2, misconceptions=("a.b:swapped",), hints=0, revealed=False),
        "a.c": Row("a.c", passed=False, tried=3, misconceptions=("a.c:two", "a.c:one"), hints=2, revealed=False),
        "a.d": Row("a.d", passed=False, tried=0, misconceptions=(), hints=0, revealed=True),
    }


def test_once_passed_stays_passed(progress: Progress) -> None:
    """Trying something else afterwards takes nothing away."""
    progress.attempt("a.b", "wrong", None, 0.1)
    assert progress.rows()["a.b"].passed


def test_looking_at_an_unused_folder_makes_nothing(tmp_path: Path) -> None:
    """No file, no folder, no rows."""
    assert Progress(tmp_path / "new").rows() == {}
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_in_write_ahead_mode(progress: Progress) -> None:
    """So readers and a writer do not wait for each other, and the version of its tables is in it."""
    db = sqlite3.connect(progress.path)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    db.close()


def test_guesses_are_kept_in_the_file(progress: Progress) -> None:
    """What was guessed is remembered with the attempt."""
    progress.attempt("a.e", "wrong", None, 0.1, guess="{'shape': [2]}")
    db = sqlite3.connect(progress.path)
    assert db.execute("SELECT guess FROM attempts WHERE exercise = 'a.e'").fetchone() == ("{'shape': [2]}",)
    db.close()


def test_notebooks_that_start_at_the_same_moment_make_one_file(tmp_path: Path) -> None:
    """Twelve writers find no file; each one's attempt is in it afterwards."""
    for round_ in range(3):
        place, barrier, failed = tmp_path / str(round_), threading.Barrier(12), []

        def write(place: Path = place, barrier: threading.Barrier = barrier, failed: list[str] = failed) -> None:
            barrier.wait()
            try:
                Progress(place).attempt("a.b", "wrong", None, 0.1)
            except Problem as problem:
                failed.append(str(problem))

        writers = [threading.Thread(target=write) for _ in range(12)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert failed == []
        assert Progress(place).rows()["a.b"].tried == 12


def test_a_notebook_waits_while_another_one_makes_the_file(progress: Progress) -> None:
    """SQLite refuses at once to switch the mode of a file that is being written to; that is no reason to fail."""
    for part in progress.path.parent.iterdir():
        part.unlink()
    other = sqlite3.connect(progress.path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE unfinished (x)")
    other.execute("BEGIN IMMEDIATE")
    other.execute("DROP TABLE unfinished")
    threading.Timer(0.3, other.close).start()
    progress.attempt("a.b", "passed", None, 0.1)
    assert progress.rows()["a.b"].passed


def test_a_file_that_another_program_holds_is_told_so(progress: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while of waiting, and without the advice to make a folder writable that is."""
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, timeout: connect(path, timeout=timeout / 100))
    other = connect(progress.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Problem, match=r"database is locked\); another program holds it; try again"):
        progress.attempt("a.b", "passed", None, 0.1)
    other.close()
    assert progress.rows()["a.b"].tried == 2


def test_a_reader_does_not_wait_for_a_writer(progress: Progress) -> None:
    """The start page shows while a notebook is in the middle of writing."""
    with progress._open() as db:
        db.execute("INSERT INTO helped (at, exercise, kind) VALUES (0, 'a.b', 'hint')")
        assert Progress(progress.path.parents[1]).rows()["a.b"].hints == 0
    assert progress.rows()["a.b"].hints == 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_process_killed_while_it_writes_loses_nothing_earlier(progress: Progress) -> None:
    """``kill -9`` in the middle of a transaction: what came before is there, the half-written attempt is not."""
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom pytorch_basics.practice.progress import Progress\n"
        "p = Progress(Path(sys.argv[1]))\np.attempt('a.b', 'wrong', None, 0.1)\n"
        "with p._open() as db:\n"
        "    for i in range(2000):\n"
        "        db.execute(\"INSERT INTO attempts (at, exercise, status, seconds) VALUES (0, 'a.b', 'wrong', 0)\")\n"
        "    print('half', flush=True)\n    time.sleep(100)\n"
    )
    folder = progress.path.parents[1]
    writer = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"half\n"
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert progress.rows()["a.b"] == Row("a.b", True, 3, ("a.b:swapped",), 0, False)
    progress.attempt("a.b", "passed", None, 0.1)
    assert progress.rows()["a.b"].tried == 4


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"this is no database, but somebody's notes" * 300,
        lambda whole: whole[:100] + b"\xff" * (len(whole) - 100),
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"\0" * len(whole),
        lambda whole: whole[:4096] + os.urandom(len(whole) - 4096),
    ],
)  # fmt: skip
def test_a_damaged_file_is_set_aside_and_named(progress: Progress, damage: object) -> None:
    """The learner is told where it is, its bytes are untouched, and a new file works at once."""
    assert callable(damage)
    damaged: bytes = damage(progress.path.read_bytes())
    progress.path.write_bytes(damaged)
    with pytest.warns(UserWarning, match="the progress file was damaged; it was set aside as ") as told:
        assert progress.rows() == {}
    (aside,) = progress.path.parent.glob("progress-damaged-*.sqlite")
    assert str(aside) in str(told[0].message)
    assert aside.read_bytes() == damaged
    progress.attempt("a.b", "passed", None, 0.1)
    assert progress.rows()["a.b"].passed


def test_a_second_damaged_file_does_not_replace_the_first(progress: Progress) -> None:
    """Two in one second get two names."""
    for text in (b"first" * 1000, b"second" * 1000):
        progress.path.write_bytes(text)
        with pytest.warns(UserWarning, match="damaged"):
            progress.attempt("a.b", "passed", None, 0.1)
    aside = progress.path.parent.glob("progress-damaged-*.sqlite")
    assert {path.read_bytes()[:5] for path in aside} == {b"first", b"secon"}


def test_an_empty_file_is_a_new_one(progress: Progress) -> None:
    """As a full disk may leave it."""
    progress.path.write_bytes(b"")
    progress.attempt("a.b", "passed", None, 0.1)
    assert progress.rows()["a.b"].tried == 1


def test_a_newer_file_is_refused_and_left_as_it_is(progress: Progress) -> None:
    """The message says both versions and how to update; nothing is written or renamed."""
    db = sqlite3.connect(progress.path)
    db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    db.close()
    before = progress.path.read_bytes()
    for use in (progress.rows, lambda: progress.attempt("a.b", "passed", None, 0.1), lambda: progress.helped("a", "b")):
        with pytest.raises(Problem) as caught:
            use()
        assert str(caught.value) == (
            f"{progress.path} was written by a newer pytorch-basics (its version {SCHEMA + 1}, ours {SCHEMA}); "
            "update with: pip install --upgrade pytorch-basics"
        )
    assert progress.path.read_bytes() == before
    assert [path.name for path in progress.path.parent.iterdir()] == [progress.path.name]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A path through a file: attempts are refused with its name; there is nothing to read."""
    (tmp_path / "file").write_text("mine")
    progress = Progress(tmp_path / "file")
    assert progress.rows() == {}
    with pytest.raises(Problem, match="cannot be written") as caught:
        progress.attempt("a.b", "passed", None, 0.1)
    assert str(tmp_path / "file" / FOLDER) in str(caught.value)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_directory_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    """It is not taken for a damaged file and not moved."""
    progress = Progress(tmp_path)
    progress.path.mkdir(parents=True)
    with pytest.raises(Problem, match=r"progress\.sqlite cannot be written"):
        progress.attempt("a.b", "passed", None, 0.1)
    assert progress.path.is_dir()


def test_the_environment_names_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lab sets it for its kernels; it counts before anything else."""
    (tmp_path / "other" / FOLDER).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "other")
    monkeypatch.setenv("PYTORCH_BASICS_WORKSPACE", str(tmp_path / "named"))
    assert workspace() == tmp_path / "named"
    assert Progress().path == tmp_path / "named" / FOLDER / "progress.sqlite"


def test_the_nearest_workspace_above_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder inside the learner's; of two, the nearer one."""
    monkeypatch.delenv("PYTORCH_BASICS_WORKSPACE")
    deep = tmp_path / "outer" / "inner" / "deep"
    deep.mkdir(parents=True)
    (tmp_path / "outer" / FOLDER).mkdir()
    monkeypatch.chdir(deep)
    assert workspace() == tmp_path / "outer"
    (tmp_path / "outer" / "inner" / FOLDER).mkdir()
    assert workspace() == tmp_path / "outer" / "inner"


def test_without_a_workspace_the_home_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in Colab, or in VS Code on a notebook from GitHub."""
    monkeypatch.delenv("PYTORCH_BASICS_WORKSPACE")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert workspace() == tmp_path / "home"
