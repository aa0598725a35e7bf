"""What the learner has tried and passed, kept in one SQLite file of their workspace.

In goes every attempt (exercise, status, misconception, seconds), hints shown and solutions revealed; out come the
rows that the start page and ``pytorch-basics progress`` draw. The file is in write-ahead mode, so several notebooks
may write at once and an interrupted write loses nothing earlier. A damaged file is set aside and named, never
overwritten; a file of a newer version is refused.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytorch_basics.errors import Problem
from pytorch_basics.folder import FOLDER as FOLDER
from pytorch_basics.folder import workspace as workspace

SCHEMA = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, exercise TEXT NOT NULL, status TEXT NOT NULL,
    misconception TEXT, guess TEXT, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS helped (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, exercise TEXT NOT NULL, kind TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Row:
    """One exercise as it stands: ``tried`` counts attempts, ``misconceptions`` those that fired, oldest first."""

    exercise: str
    passed: bool
    tried: int
    misconceptions: tuple[str, ...]
    hints: int
    revealed: bool


@dataclass(frozen=True)
class Event:
    """One thing the learner did: ``at`` in seconds since 1970, ``what`` a verdict's status, "hint" or "reveal"."""

    at: float
    exercise: str
    what: str
    misconception: str | None = None


class Progress:
    """The progress kept in a workspace. Raises ``Problem`` where it cannot be read or written."""

    def __init__(self, place: Path | None = None) -> None:
        self.path = (place or workspace()) / FOLDER / "progress.sqlite"

    def attempt(
        self, exercise: str, status: str, misconception: str | None, seconds: float, guess: str | None = None
    ) -> None:
        """Keep one attempt."""
        with self._open() as db:
            db.execute(
                "INSERT INTO attempts (at, exercise, status, misconception, guess, seconds) VALUES (?,?,?,?,?,?)",
                (time.time(), exercise, status, misconception, guess, seconds),
            )

    def helped(self, exercise: str, kind: str) -> None:
        """Keep that a ``hint`` was shown or a solution ``reveal``ed."""
        with self._open() as db:
            db.execute("INSERT INTO helped (at, exercise, kind) VALUES (?,?,?)", (time.time(), exercise, kind))

    def rows(self) -> dict[str, Row]:
        """Each exercise that was tried or helped with, by id. A workspace never used gives none."""
        if not self._there():
            return {}
        with self._open() as db:
            attempts = db.execute("SELECT exercise, status, misconception FROM attempts ORDER BY id").fetchall()
            helped = db.execute("SELECT exercise, kind FROM helped").fetchall()
        return {id: _row(id, attempts, helped) for id in sorted({row[0] for row in attempts + helped})}

    def events(self) -> list[Event]:
        """Every attempt, hint and revealed solution, oldest first."""
        if not self._there():
            return []
        with self._open() as db:
            attempts = db.execute("SELECT at, exercise, status, misconception FROM attempts ORDER BY id").fetchall()
            helped = db.execute("SELECT at, exercise, kind FROM helped ORDER BY id").fetchall()
        return sorted((Event(*row) for row in attempts + helped), key=lambda event: event.at)

    def _there(self) -> bool:
        try:
            return self.path.exists()
        except OSError as error:  # a folder that we may not look into
            raise Problem(f"{self.path.parent} cannot be read ({error.strerror}); choose another folder") from error

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            db = self._connect()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise self._cannot(error) from error
            self._set_aside()
            db = self._connect()
        except OSError as error:
            raise Problem(f"{self.path.parent} cannot be written ({error.strerror}); choose another folder") from error
        try:
            with db:
                yield db
        except sqlite3.OperationalError as error:
            raise self._cannot(error) from error
        finally:
            db.close()

    def _cannot(self, error: sqlite3.OperationalError) -> Problem:
        advice = "another program holds it; try again" if _busy(error) else "make its folder writable"
        return Problem(f"{self.path} cannot be written ({error}); {advice}")

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=10)
        try:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA:
                raise Problem(
                    f"{self.path} was written by a newer pytorch-basics (its version {version}, ours {SCHEMA}); "
                    "update with: pip install --upgrade pytorch-basics"
                )
            if version == 0:
                _make_tables(db)
            if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("quick_check failed")
        except BaseException:
            db.close()
            raise
        return db

    def _set_aside(self) -> None:
        """Rename the damaged file, with what SQLite keeps beside it, and say so."""
        stamp = time.strftime("%Y%m%d-%H%M%S")
        aside, number = self.path.with_name(f"progress-damaged-{stamp}.sqlite"), 1
        while aside.exists():  # a second one in the same second
            number += 1
            aside = self.path.with_name(f"progress-damaged-{stamp}-{number}.sqlite")
        for ending in ("", "-wal", "-shm"):
            part = Path(f"{self.path}{ending}")
            if part.exists():
                part.rename(f"{aside}{ending}")
        message = f"the progress file was damaged; it was set aside as {aside}, and a new one was started"
        warnings.warn(message, stacklevel=4)


def _make_tables(db: sqlite3.Connection) -> None:
    """Several notebooks may find the file new at once, and SQLite does not wait by itself to switch its mode."""
    patience = time.monotonic() + 10
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_TABLES)
            db.execute(f"PRAGMA user_version = {SCHEMA}")
            return
        except sqlite3.OperationalError as error:
            if not _busy(error) or time.monotonic() > patience:
                raise
            time.sleep(0.02)


def _busy(error: sqlite3.OperationalError) -> bool:
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY  # the higher bits say why


def _row(id: str, attempts: list[tuple[str, str, str]], helped: list[tuple[str, str]]) -> Row:
    mine = [row for row in attempts if row[0] == id]
    kinds = [kind for exercise, kind in helped if exercise == id]
    return Row(
        exercise=id,
        passed=any(status == "passed" for _, status, _ in mine),
        tried=len(mine),
        misconceptions=tuple(dict.fromkeys(name for _, _, name in mine if name)),
        hints=kinds.count("hint"),
        revealed="reveal" in kinds,
    )
