"""The learner's folder: their copies of the notebooks, never written over once edited.

In goes a folder; out comes that folder with the course in it and a list of messages for the learner. A manifest
remembers what we wrote: a copy that still has those bytes is replaced when the course has a newer lesson, an edited
one is kept and gets the new lesson beside it. An edited one in another language than the one that is asked for
is kept too, and the lesson in that language comes beside it as ``00_start.de.ipynb``, which is treated in the same way.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from pytorch_basics.course import COURSE
from pytorch_basics.course.overview import notebook_name
from pytorch_basics.errors import Problem, nearest
from pytorch_basics.lab import shipped, welcome
from pytorch_basics.language import ENGLISH, VARIABLE, remember, remembered, speaking, spoken
from pytorch_basics.practice.progress import FOLDER, Progress, Row

_MANIFEST = "manifest.json"


@dataclass
class Workspace:
    """A learner's folder. ``prepare`` and ``reset`` raise ``Problem`` where it cannot be written."""

    folder: Path
    messages: list[str] = field(default_factory=list)

    def prepare(self, language: str | None = None) -> None:
        """Bring in every notebook and program that is missing or newer, and write the start page.

        ``language`` is remembered in the folder; without one the environment's counts, then the one remembered.
        """
        language = spoken(language or os.environ.get(VARIABLE) or remembered(self.folder))
        try:
            rows = Progress(self.folder).rows()  # first, because it may refuse
            (self.folder / FOLDER).mkdir(parents=True, exist_ok=True)
            remember(self.folder, language)
            written = self._manifest()
            with speaking(language):
                for name, path in (shipped.places() | shipped.programs()).items():
                    self._bring(name, path, written)
                self._welcome(rows, written)
            self._save(written)
        except OSError as error:
            raise self._cannot(error) from error

    def reset(self, topic: str) -> Path:
        """Put the topic's notebook back as it was shipped; gives the path of the backup of the learner's."""
        if topic not in COURSE:
            raise Problem(f'there is no topic "{topic}". Did you mean {nearest(topic, COURSE)}?')
        name = notebook_name(topic)
        target = self.folder / name
        try:
            if not target.exists():
                raise Problem(f"{target} does not exist; bring it in with: pytorch-basics lab {self.folder}")
            backup = _free(target.with_name(f"{target.stem}.backup-{time.strftime('%Y%m%d-%H%M%S')}.ipynb"))
            written = self._manifest()
            target.rename(backup)
            with speaking(remembered(self.folder)):
                self._bring(name, shipped.places()[name], written)
            self._save(written)
        except OSError as error:
            raise self._cannot(error) from error
        return backup

    def _cannot(self, error: OSError) -> Problem:
        where = error.filename2 or error.filename or self.folder
        return Problem(f"the folder {self.folder} cannot be written ({error.strerror}: {where}); name another one")

    def _bring(self, name: str, path: Path, written: dict[str, dict[str, str]]) -> None:
        """Write the file, unless the learner edited theirs: then a newer one goes beside it."""
        fresh, language = shipped.fresh(path), shipped.language_of(path)
        target, known = self.folder / name, written.get(name, {})
        edited = target.exists() and _digest(target.read_bytes()) not in (known.get("wrote"), _digest(fresh))
        if not edited:
            if not target.exists() or target.read_bytes() != fresh:
                _write(target, fresh)
            written[name] = {"wrote": _digest(fresh), "course": _digest(fresh), "language": language}
        elif known.get("language", ENGLISH) != language:
            self._bring_beside(target, path, written)
        elif known.get("course") != _digest(fresh):
            beside = _free(target.with_name(f"{target.stem}.new{target.suffix}"))
            _write(beside, fresh)
            written[name] = {"wrote": known.get("wrote", ""), "course": _digest(fresh), "language": language}
            self.messages.append(f"{name} has a newer version; yours is kept, the new one is {beside.name}")

    def _bring_beside(self, target: Path, path: Path, written: dict[str, dict[str, str]]) -> None:
        """The learner's edited copy is in another language: it stays, and the lesson gets a name of its own."""
        language = shipped.language_of(path)
        beside = target.with_name(f"{target.stem}.{language}.ipynb")
        if not beside.exists():
            kept = f"you edited {target.name}; yours is kept"
            self.messages.append(f"{kept}, the one in the language {language} is {beside.name}")
        written.setdefault(beside.name, {"language": language})
        self._bring(beside.name, path, written)

    def _welcome(self, rows: dict[str, Row], written: dict[str, dict[str, str]]) -> None:
        """The start page is written anew each time; one that the learner edited is kept under another name."""
        target = self.folder / welcome.NAME
        if target.exists() and welcome.sources(target) != written.get(welcome.NAME, {}).get("wrote"):
            kept = _free(target.with_name("Welcome.yours.ipynb"))
            target.rename(kept)
            self.messages.append(f"you edited {welcome.NAME}; yours is kept as {kept.name}")
        _write(target, welcome.notebook(rows))
        written[welcome.NAME] = {"wrote": welcome.sources(target)}

    def _manifest(self) -> dict[str, dict[str, str]]:
        path = self.folder / FOLDER / _MANIFEST
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return {str(name): dict(entry) for name, entry in found.items()}
        except (FileNotFoundError, ValueError, AttributeError, TypeError):
            return {}  # unknown files count as edited, so nothing of the learner's is lost

    def _save(self, written: dict[str, dict[str, str]]) -> None:
        _write(self.folder / FOLDER / _MANIFEST, (json.dumps(written, indent=1) + "\n").encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _free(path: Path) -> Path:
    """The path, or the first of ``name-2``, ``name-3`` … that is not taken."""
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def _write(path: Path, data: bytes) -> None:
    """Write the whole file or nothing of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    os.replace(part, path)
