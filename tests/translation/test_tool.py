"""``tools/translation.py``: what a translator finds in the file, and what the check reports."""

from __future__ import annotations

import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import translation  # noqa: E402 - the tools are not a package
from pytorch_basics.language import PROGRAM, languages  # noqa: E402 - sorted with its kind

START = "pytorch_basics.course.start"
A, B, C = "Replace the three dots.", "Put it in the cell above.", "A tensor is a grid of numbers."


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[translation.Text]:
    """The texts there are to translate: change this list, and the source has changed."""
    found: list[translation.Text] = []
    monkeypatch.setattr(translation, "texts", lambda package: found)
    monkeypatch.setattr(translation, "path_of", lambda package, language: tmp_path / f"{language}.po")
    return found


def update(*said: str) -> dict[str, polib.POEntry]:
    """Bring the file up to date; then translate what is new, in order. Gives the entries, by their English."""
    path = translation.path_of(START, "de")
    made = translation.updated(START, "de", polib.pofile(str(path)) if path.exists() else polib.POFile())
    for entry, text in zip([entry for entry in made if not entry.msgstr], said, strict=False):
        entry.msgstr = text
    made.save(str(path))
    return {entry.msgid: entry for entry in polib.pofile(str(path))}


def test_a_new_text_is_empty_and_says_where_it_stands(source: list[translation.Text]) -> None:
    """The header knows the language and the direction."""
    source.append((A, "", "start.double, hint 1"))
    entry = update()[A]
    assert (entry.msgstr, entry.comment, entry.flags) == ("", "start.double, hint 1", [])
    metadata = polib.pofile(str(translation.path_of(START, "de"))).metadata
    assert (metadata["Language"], metadata["X-Direction"]) == ("de", "ltr")


def test_a_second_run_changes_nothing(source: list[translation.Text]) -> None:
    """What is translated stays; the file is the same byte for byte."""
    source += [(A, "", "a"), ("{n} dot", "{n} dots", "b")]
    update("Punkte")
    before = translation.path_of(START, "de").read_bytes()
    assert update()[A].msgstr == "Punkte"
    assert translation.path_of(START, "de").read_bytes() == before


def test_a_changed_text_keeps_its_translation_as_fuzzy(source: list[translation.Text]) -> None:
    """With the old English beside it; a text with nothing in common gets nothing."""
    source += [(A, "", "a"), (B, "", "b")]
    update("Punkte", "Zelle")
    source[:] = [("Replace the four dots.", "", "a"), (C, "", "c")]
    found = update()
    changed = found["Replace the four dots."]
    assert (changed.msgstr, changed.flags, changed.previous_msgid) == ("Punkte", ["fuzzy"], A)
    assert found[C].msgstr == ""
    assert translation.open_in(START, "de") == [
        "a: not looked at since the English changed: 'Replace the four dots.'",
        f"c: missing: {C!r}",
    ]


def test_a_text_that_is_gone_is_kept_and_comes_back(source: list[translation.Text]) -> None:
    """At the end, commented out; nobody translates the same twice."""
    source += [(A, "", "a"), (B, "", "b")]
    update("Punkte", "Zelle")
    source.remove((B, "", "b"))
    assert update()[B].obsolete
    assert translation.open_in(START, "de") == []
    source.append((B, "", "b"))
    back = update()[B]
    assert (back.msgstr, back.obsolete, back.flags) == ("Zelle", False, [])


@pytest.mark.parametrize(
    ("english", "said", "trouble"),
    [
        ("Write `x.sum()`.", "Schreib `x.summe()`.", "other code than in English"),
        ("In the [guide](Mistakes.ipynb).", "Im [Führer](Fehler.ipynb).", "other links than in English"),
        ("Hint {n}.", "Tipp {nummer}.", "other places than in English"),
        ("Hint `{n}`.", "Tipp.", "other code and places than in English"),
    ],
)
def test_a_broken_translation_is_reported(
    source: list[translation.Text], english: str, said: str, trouble: str
) -> None:
    """Code, links and the places that are filled are the same in every language."""
    source.append((english, "", "a"))
    update(said)
    assert translation.open_in(START, "de") == [f"a: {trouble}: {english!r}"]


def test_a_file_behind_its_source_is_reported(source: list[translation.Text]) -> None:
    """New texts are missing, old ones are no longer there; without a file there is nothing."""
    assert translation.open_in(START, "de") == []
    source.append((A, "", "a"))
    assert translation.open_in(START, "de") == [f"{START} has no translation into de"]
    update("Punkte")
    source[:] = [(B, "", "b")]
    assert translation.open_in(START, "de") == [f"b: missing: {B!r}", f"no longer in the source: {A!r}"]


def test_every_text_of_a_topic_is_found() -> None:
    """The lesson with its comments, titles, statements, stubs, hints, and what wrong answers are told."""
    found = {where: text for text, _, where in translation.texts(START)}
    assert found["start.guess, title"] == "Your first guess"
    assert found["start.total, code, in code"] == "What the whole purchase costs."
    assert found["start.double, told to the wrong answer square"].startswith("Your answer multiplies")
    assert found["start.double, hint 3"].startswith("One line")
    assert any(text == "## Guess first" for text, _, _ in translation.texts(START))
    assert "# wrong on purpose" not in found.values()
    assert "wrong on purpose" in found.values()


def test_every_text_of_a_mistake_is_found() -> None:
    """Four for each, in the folder it stands in."""
    found = [where for _, _, where in translation.texts("pytorch_basics.mistakes.memory")]
    assert "memory.view_is_transpose, why" in found
    assert not [where for where in found if not where.startswith("memory.")]


def test_the_program_marks_what_it_says_where_it_says_it() -> None:
    """A sentence made elsewhere could not be found, and would stay English."""
    found = [text for text, _, _ in translation.texts(PROGRAM)]
    assert {"Right on all {cases} cases.", "✓ Passed", "About {n} minute.", "Exercise: {title}"} <= set(found)


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_what_is_translated_is_complete(language: str) -> None:
    """What the program says, and each topic that was begun; else run ``tools/translation.py`` and look at the file."""
    begun = [PROGRAM]
    for path in (ROOT / "src").rglob(f"translations/{language}.po"):
        package = ".".join(path.parents[1].relative_to(ROOT / "src").parts)
        begun += [package] * (package != PROGRAM)
    assert START in begun or language != "de"
    assert {package: translation.open_in(package, language) for package in begun} == {package: [] for package in begun}


def test_the_command_checks_and_says_how_it_went(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0 for what is complete, and one line for a name that there is not."""
    assert translation.main(["start", "de", "--check"]) == 0
    assert capsys.readouterr().out == "src/pytorch_basics/course/start/translations/de.po: 0 open\n"
    with pytest.raises(SystemExit, match='there is nothing called "tensor"; name a topic \\(start, tensors'):
        translation.main(["tensor", "de"])
