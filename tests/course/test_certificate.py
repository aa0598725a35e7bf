"""The page of what a learner did: complete, honest, one file, and never written over something else."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from pytorch_basics import __version__, cli
from pytorch_basics.course import COURSE
from pytorch_basics.course.catalogue import ids, of_topic
from pytorch_basics.course.certificate import Certificate, certificate, worked
from pytorch_basics.course.certificate_page import html
from pytorch_basics.course.overview import ALL_PASSED, overview
from pytorch_basics.practice.progress import FOLDER, Event, Progress, Row

Out = pytest.CaptureFixture[str]
NOON = datetime(2026, 3, 1, 12)


def event(minute: float, exercise: str, what: str, misconception: str | None = None) -> Event:
    return Event(NOON.timestamp() + 60 * minute, exercise, what, misconception)


EVENTS = [
    event(0, "start.double", "misconception", "start.double:square"),
    event(1, "start.double", "hint"),
    event(3, "start.double", "misconception", "start.double:square"),
    event(10, "start.double", "passed"),
    event(200, "optim.train", "misconception", "optim.no_zero_grad"),
    event(202, "optim.train", "reveal"),
    event(203, "gone.away", "passed"),
]
ROWS = {
    "start.double": Row("start.double", True, 3, ("start.double:square",), 1, False),
    "optim.train": Row("optim.train", False, 1, ("optim.no_zero_grad",), 0, True),
    "gone.away": Row("gone.away", True, 1, (), 0, False),
}


@pytest.fixture
def said() -> Certificate:
    return certificate(ROWS, EVENTS, "Ada <Lovelace>", NOON)


def words(page: str) -> str:
    """What a reader reads."""
    shown = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_every_lesson_and_exercise_is_on_it(said: Certificate) -> None:
    """Also those that were not tried; an exercise that the course no longer has is not."""
    assert len(said.lessons) == len(COURSE)
    assert len(said.exercises) == len(ids())
    page = words(html(said))
    assert f"Exercises passed 1 of {len(ids())}" in page
    assert page.count("not tried") == len(ids()) - 2
    assert "gone.away" not in page


def test_misconceptions_are_told_in_words_and_overcome_by_a_later_pass(said: Certificate) -> None:
    """Met twice and then passed is overcome, with both days; one whose exercise is not passed since is not."""
    first, second = said.met
    assert (first.times, first.first, first.overcome) == (2, NOON, datetime(2026, 3, 1, 12, 10))
    assert second.belief == "Each step starts with fresh gradients by itself"
    assert second.overcome is None
    assert "start.double" not in first.belief
    page = words(html(said))
    assert "Misconceptions 2 met, 1 overcome" in page
    assert "2026-03-01, 2 times ✓ 2026-03-01" in page
    assert "2026-03-01 not yet" in page


def test_a_pass_before_a_misconception_does_not_overcome_it() -> None:
    """Who falls into it again afterwards has to pass again."""
    again = [event(0, "start.double", "passed"), event(1, "start.double", "misconception", "start.double:square")]
    assert [one.overcome for one in certificate(ROWS, again, "", NOON).met] == [None]


def test_help_taken_is_said(said: Certificate) -> None:
    """Hints and revealed solutions stand beside what they helped with."""
    page = words(html(said))
    assert "✓ passed, 3 tries 1 hint" in page
    assert "not passed, 1 try solution shown" in page


def test_time_is_counted_between_events_without_long_pauses(said: Certificate) -> None:
    """An estimate, and said to be one: a pause of hours is not work, and a clock that was set back takes nothing."""
    assert worked([]) == worked([5.0]) == 0.0
    assert worked([0.0, 60.0, 60.0 + 31 * 60, 120.0 + 31 * 60]) == 120.0
    assert worked([100.0, 40.0, 50.0]) == 10.0
    assert said.minutes == 12
    assert "Time between answers about 12 minutes, without pauses of over 30 minutes" in words(html(said))


def test_the_page_is_honest_and_names_its_makers(said: Certificate) -> None:
    """What it is, what it is not, when and with which versions it was written."""
    page = words(html(said))
    assert "Nobody supervised it, nobody checked the name, and the file can be edited" in page
    assert f"2026-03-01, with pytorch-basics {__version__}, PyTorch 2." in page


def test_the_page_needs_nothing_else(said: Certificate) -> None:
    """No address, no script; a name is text and never markup."""
    page = html(said)
    assert not re.search(r"https?:|src=|<script|@import|url\(", page)
    assert "default-src 'none'" in page
    assert "Ada &lt;Lovelace&gt;" in page
    assert "<Lovelace>" not in page


def test_without_progress_there_is_a_page_too() -> None:
    """A new learner's page says that there is nothing yet."""
    page = words(html(certificate({}, [], "", NOON)))
    assert "Misconceptions none met" in page
    assert "First and last activity none yet" in page
    assert "about 0 minutes" in page


def test_when_all_is_passed_progress_mentions_the_page() -> None:
    """In one line, in the notebook and in the terminal."""
    rows = {id: Row(id, True, 1, (), 0, False) for topic in COURSE for id in [task.id for task in of_topic(topic)]}
    assert "pytorch-basics progress --html" in ALL_PASSED
    assert overview(rows).splitlines()[-1] == ALL_PASSED


def test_events_of_an_old_file_are_read(workspace: Path) -> None:
    """The file's tables are as they were: attempts and help, each with its time, in one order."""
    progress = Progress(workspace)
    assert progress.events() == []
    progress.attempt("a.b", "misconception", "a.b:x", 0.1)
    progress.helped("a.b", "hint")
    progress.attempt("a.b", "passed", None, 0.1)
    assert [(e.exercise, e.what, e.misconception) for e in progress.events()] == [
        ("a.b", "misconception", "a.b:x"),
        ("a.b", "hint", None),
        ("a.b", "passed", None),
    ]
    with sqlite3.connect(workspace / FOLDER / "progress.sqlite") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    db.close()


@pytest.fixture
def course(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's folder with one attempt, and we stand in it."""
    Progress(workspace).attempt("start.double", "passed", None, 0.1)
    monkeypatch.chdir(workspace)
    return workspace


def test_the_command_writes_the_page(course: Path, capsys: Out) -> None:
    """With the name; written again it is replaced, for there is more on it each time."""
    for _ in range(2):
        assert cli.main(["progress", "--html", "out.html", "--name", "Grace Hopper"]) == 0
        assert capsys.readouterr().out == "out.html is written; open it in a browser\n"
    page = (course / "out.html").read_text(encoding="utf-8")
    assert "Grace Hopper" in page
    assert f"1 of {len(ids())}" in page


def test_a_file_of_something_else_is_not_written_over(course: Path, capsys: Out) -> None:
    """It stays as it is, and the line says what to do."""
    mine = course / "thesis.html"
    mine.write_bytes(b"\xff mine")
    assert cli.main(["progress", "--html", str(mine)]) == 2
    assert capsys.readouterr().err == (
        f"pytorch-basics: --html {mine} exists and is not a page of this program; name another file\n"
    )
    assert mine.read_bytes() == b"\xff mine"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (".", "--html . is a folder; name a file in it, such as progress.html"),
        ("missing/out.html", "--html missing/out.html cannot be written: there is no folder missing; make it first"),
        ("/dev/full/out.html", "cannot be written"),
        ("x" * 300, "cannot be written (File name too long); name another file"),
    ],
)
def test_a_path_that_cannot_be_written_is_one_line(course: Path, capsys: Out, path: str, told: str) -> None:
    """No traceback, and nothing is made."""
    assert cli.main(["progress", "--html", path]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
    assert [found.name for found in course.iterdir()] == [FOLDER]


def test_a_name_without_a_page_is_told_where_it_goes(course: Path, capsys: Out) -> None:
    """Rather than being ignored."""
    assert cli.main(["progress", "--name", "Ada"]) == 2
    assert "--name stands on the page of --html" in capsys.readouterr().err


def test_without_a_course_folder_no_page_is_written(tmp_path: Path, capsys: Out) -> None:
    """The line is the one of ``progress``."""
    assert cli.main(["progress", "--folder", str(tmp_path / "no"), "--html", str(tmp_path / "out.html")]) == 2
    assert "there is no course folder" in capsys.readouterr().err
    assert not (tmp_path / "out.html").exists()
