"""Changing the language of the learner's folder: nothing of theirs is lost, and nothing comes twice for no reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytorch_basics import cli
from pytorch_basics.errors import Problem
from pytorch_basics.lab import shipped
from pytorch_basics.lab.workspace import Workspace
from pytorch_basics.language import VARIABLE, remembered, speaking
from pytorch_basics.practice.progress import FOLDER

START, GERMAN, ENGLISH = "00_start.ipynb", "00_start.de.ipynb", "00_start.en.ipynb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "my work"


def start(folder: Path, language: str | None = None) -> list[str]:
    """What the learner is told when the lab starts on the folder."""
    workspace = Workspace(folder)
    workspace.prepare(language)
    return workspace.messages


def said(path: Path) -> str:
    return "\n".join("".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])


def edit(path: Path) -> bytes:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"].append({"cell_type": "markdown", "id": "mine", "metadata": {}, "source": ["my own words"]})
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path.read_bytes()


def lessons(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("00_start*.ipynb")}


def test_the_language_is_remembered_until_another_is_chosen(folder: Path) -> None:
    """Without an option the folder stays as it was; ``en`` goes back."""
    start(folder, "de")
    assert "Ist alles da?" in said(folder / START)
    assert remembered(folder) == "de"
    assert start(folder) == []
    assert "Ist alles da?" in said(folder / START)
    assert start(folder, "en") == []
    assert "is everything there?" in said(folder / START)
    assert lessons(folder) == {START}


def test_the_environment_chooses_too_and_the_option_counts_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was chosen last, in either way, is remembered."""
    monkeypatch.setenv(VARIABLE, "de")
    start(folder)
    assert remembered(folder) == "de"
    start(folder, "en")
    assert remembered(folder) == "en"


def test_a_lesson_that_was_not_edited_changes_its_language(folder: Path) -> None:
    """There and back, without a word and without another file."""
    start(folder)
    before = (folder / START).read_bytes()
    assert start(folder, "de") == []
    assert (folder / START).read_bytes() != before
    assert start(folder, "en") == []
    assert (folder / START).read_bytes() == before


def test_an_edited_lesson_stays_and_the_translation_comes_beside_it_once(folder: Path) -> None:
    """Changing the language again and again makes no more files."""
    start(folder)
    mine = edit(folder / START)
    (message,) = start(folder, "de")
    assert message == "you edited 00_start.ipynb; yours is kept, the one in the language de is 00_start.de.ipynb"
    assert "Ist alles da?" in said(folder / GERMAN)
    assert start(folder) == start(folder, "en") == start(folder, "de") == []
    assert (folder / START).read_bytes() == mine
    assert lessons(folder) == {START, GERMAN}


def test_both_edited_lessons_stay(folder: Path) -> None:
    """The one in each language is the learner's."""
    start(folder)
    mine = edit(folder / START)
    start(folder, "de")
    also_mine = edit(folder / GERMAN)
    assert start(folder, "en") == start(folder, "de") == []
    assert (folder / START).read_bytes() == mine
    assert (folder / GERMAN).read_bytes() == also_mine
    assert lessons(folder) == {START, GERMAN}


def test_it_is_the_same_the_other_way_round(folder: Path) -> None:
    """Who began in German and goes on in English."""
    start(folder, "de")
    mine = edit(folder / START)
    assert len(start(folder, "en")) == 1
    assert "is everything there?" in said(folder / ENGLISH)
    assert (folder / START).read_bytes() == mine
    assert start(folder, "de") == []
    assert lessons(folder) == {START, ENGLISH}


def test_a_newer_translation_replaces_one_that_was_not_edited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the learner's own, under the name it has; an edited one gets the new one beside it."""
    start(folder)
    edit(folder / START)
    start(folder, "de")
    with speaking("de"):
        places, newer = shipped.places(), folder / "newer" / "de" / START
    newer.parent.mkdir(parents=True)
    text = places[START].read_text(encoding="utf-8").replace("Ist alles da?", "Alles da!")
    newer.write_text(text, encoding="utf-8")
    monkeypatch.setattr(shipped, "places", lambda: places | {START: newer})
    assert start(folder) == []
    assert "Alles da!" in said(folder / GERMAN)
    edit(folder / GERMAN)
    newer.write_text(text.replace("Alles da!", "Jetzt aber!"), encoding="utf-8")
    (message,) = start(folder)
    assert message == "00_start.de.ipynb has a newer version; yours is kept, the new one is 00_start.de.new.ipynb"
    assert lessons(folder) == {START, GERMAN, "00_start.de.new.ipynb"}


@pytest.mark.parametrize("damage", ["", "{", '{"00_start.ipynb": {}}'])
def test_a_damaged_manifest_loses_nothing(folder: Path, damage: str) -> None:
    """Whatever we cannot know counts as the learner's."""
    start(folder)
    mine = edit(folder / START)
    start(folder, "de")
    also_mine = edit(folder / GERMAN)
    (folder / FOLDER / "manifest.json").write_text(damage)
    start(folder)
    start(folder, "en")
    assert (folder / START).read_bytes() == mine
    assert (folder / GERMAN).read_bytes() == also_mine


def test_a_reset_brings_the_lesson_in_the_folders_language(folder: Path) -> None:
    """Yours is the backup."""
    start(folder, "de")
    edit(folder / START)
    Workspace(folder).reset("start")
    assert "Ist alles da?" in said(folder / START)
    assert "my own words" not in said(folder / START)


def test_the_start_page_speaks_the_language_and_says_what_does_not(folder: Path) -> None:
    """Changing the language is not editing the page; in English there is nothing to be said."""
    start(folder, "de")
    page = said(folder / "Welcome.ipynb")
    assert "# Willkommen bei PyTorch Basics" in page
    assert "[Start: Ist alles da?](00_start.ipynb) | 0 von 3 | 6 min |" in page
    assert "Bisher kannst du auf Deutsch lesen: *Start: Ist alles da?*. Alles Übrige ist noch auf Englisch." in page
    assert "[Pytorch_Basics.ipynb](Pytorch_Basics.ipynb)" in page
    assert start(folder, "en") == []
    page = said(folder / "Welcome.ipynb")
    assert "# Welcome to PyTorch Basics" in page
    assert "your language" not in page


def test_links_in_the_folder_lead_to_files_of_the_folder(folder: Path) -> None:
    """The folder is flat in every language."""
    start(folder, "de")
    text = said(folder / START)
    assert "](Mistakes.ipynb)" in text
    assert "](01_tensors.ipynb)" in text
    assert "](../" not in text


def test_an_unknown_language_is_told_before_anything_is_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that lists those there are, as for everything that is not possible."""
    with pytest.raises(Problem, match="its languages are de, en"):
        Workspace(folder).prepare("tlh")
    assert not folder.exists()
    assert cli.main(["lab", str(folder), "--language", "tlh"]) == 2
    assert capsys.readouterr().err == 'pytorch-basics: the course does not speak "tlh"; its languages are de, en\n'
