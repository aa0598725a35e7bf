"""What is said in which language: where the choice comes from, what is missing, and which way it is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytorch_basics import language
from pytorch_basics.course.overview import title
from pytorch_basics.errors import Problem
from pytorch_basics.folder import FOLDER
from pytorch_basics.language import VARIABLE, chosen, direction, say, say_count, speaking, told
from pytorch_basics.mistakes import find
from pytorch_basics.practice.page import Page
from pytorch_basics.practice.verdict import Verdict, html

Write = Callable[[str, str], None]
MEMO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Now run it."\nmsgstr "اجرا کن."\n'


def test_english_needs_no_translation_and_loads_none() -> None:
    """Without a choice every text is what stands in the source."""
    assert chosen() == "en"
    assert say("Right on all {cases} cases.", cases=9) == "Right on all 9 cases."
    assert told("pytorch_basics.course.start", "a\n\n\n  b\n") == "a\n\n\n  b\n"


def test_the_environment_chooses_then_the_folder(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder remembers; the variable counts more; a block of its own counts most."""
    (workspace / FOLDER).mkdir()
    language.remember(workspace, "de")
    assert chosen() == "de"
    monkeypatch.setenv(VARIABLE, "en")
    assert chosen() == "en"
    with speaking("de"):
        assert chosen() == "de"
    assert chosen() == "en"


@pytest.mark.parametrize("name", ["de", "DE", "de_AT.UTF-8", "de-CH"])
def test_a_language_is_known_by_its_usual_names(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A region that has no translation of its own reads its language's."""
    monkeypatch.setenv(VARIABLE, name)
    assert chosen() == "de"


def test_an_unknown_language_names_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear line."""
    monkeypatch.setenv(VARIABLE, "tlh")
    with pytest.raises(Problem) as caught:
        say("A hint")
    assert str(caught.value) == 'the course does not speak "tlh"; its languages are de, en'


@pytest.mark.parametrize("content", [b"tlh", b"", b"\xff\xfe", b"../de"])
def test_a_folder_that_remembers_nonsense_is_read_in_english(workspace: Path, content: bytes) -> None:
    """It may come from a newer version; nobody can help it in the middle of a lesson."""
    (workspace / FOLDER).mkdir()
    (workspace / FOLDER / "language").write_bytes(content)
    assert chosen() == "en"


def test_what_is_missing_or_stale_is_said_in_english(persian: Write) -> None:
    """An empty entry, a fuzzy one, one that is not there, a file that is not there: silently."""
    with speaking("fa"):
        assert say("✓ Passed") == "✓ قبول"
        assert say("A hint") == "A hint"
        assert say("It was never reached") == "It was never reached"
        assert say("expected") == "expected"
        assert told("pytorch_basics.course.start", "Now run it.") == "Now run it."


def test_a_translation_with_other_places_does_not_cost_the_sentence(persian: Write) -> None:
    """It is said in English; the tool's check names it."""
    with speaking("fa"):
        assert say("Reference {n}", n=2) == "Reference 2"


def test_a_language_has_its_own_forms_of_numbers(persian: Write) -> None:
    """Persian says zero as it says one; English does not."""
    with speaking("fa"):
        assert say_count("About {n} minute.", "About {n} minutes.", 0) == "حدود یک دقیقه."
        assert say_count("About {n} minute.", "About {n} minutes.", 3) == "حدود 3 دقیقه."
    assert say_count("About {n} minute.", "About {n} minutes.", 0) == "About 0 minutes."


def test_verdicts_and_pages_say_their_language_and_direction(persian: Write) -> None:
    """For a screen reader, and for the order of the words; code in them runs from left to right all the same."""
    verdict = Verdict("start.double", "passed", "`double(x)`", trace="line 1")
    assert "lang='en' dir='ltr'" in html(verdict)
    with speaking("fa"):
        assert direction("fa") == "rtl"
        shown = html(verdict)
        assert shown.startswith("<div role='status' class='pb-verdict' lang='fa' dir='rtl'")
        assert "<code dir='ltr'>double(x)</code>" in shown
        assert "<pre dir='ltr'" in shown
        page = Page("**یک**")._repr_mimebundle_()
        assert page["text/markdown"] == "<div lang='fa' dir='rtl'>\n\n**یک**\n\n</div>"
        assert page["text/plain"] == "**یک**"
        assert language.framed("یک") == "<div lang='fa' dir='rtl'>\n\nیک\n\n</div>"
        assert Page("")._repr_mimebundle_()["text/markdown"] == ""
    with speaking("en"):
        assert Page("one")._repr_mimebundle_()["text/markdown"] == language.framed("one") == "one"


def test_a_paragraph_is_looked_up_however_it_is_wrapped() -> None:
    """Prose in one line; tables, lists and headings as they stand; fences and the builder's places never."""
    text = "A\n  sentence\nwrapped.\n\n| a |\n|---|\n\n```python\nx\n\ny\n```\n\n{{exercise a.b}}\n\n"
    text += "- one\n- two\n\n**B** c\nd"
    keys = [language.key(paragraph) for paragraph in language.paragraphs(text)]
    assert keys == ["A sentence wrapped.", "| a |\n|---|", "", "", "- one\n- two", "**B** c d"]


def test_a_lesson_half_translated_mixes_paragraphs(persian: Write) -> None:
    """What is translated already can be read; the rest stays as it was wrapped."""
    persian("pytorch_basics.course.start", MEMO)
    with speaking("fa"):
        assert told("pytorch_basics.course.start", "Now\nrun it.\n\nNot\nyet.") == "اجرا کن.\n\nNot\nyet."


def test_a_mistake_is_told_in_the_learners_language(persian: Write) -> None:
    """Its words stand beside the mistakes of its folder, wherever it is met."""
    mistake = find("memory.view_is_transpose")
    english = f"{mistake.see} {mistake.why} Write instead: {mistake.instead}"
    assert mistake.message() == english
    see = mistake.see.replace('"', '\\"')
    persian("pytorch_basics.mistakes.memory", MEMO.replace("Now run it.", see))
    with speaking("fa"):
        assert mistake.message() == english.replace(mistake.see, "اجرا کن.")


def test_a_lessons_title_is_translated() -> None:
    """For the start page and the links from lesson to lesson."""
    with speaking("de"):
        assert title("start") == "Start: Ist alles da?"
        assert title("tensors").startswith("Tensors")
