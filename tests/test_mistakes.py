"""Every mistake shows itself: ``broken()`` shows this mistake first, ``fixed()`` shows none."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

import pytorch_basics.mistakes as package
from pytorch_basics.mistakes import all_mistakes, find
from pytorch_basics.mistakes.mistake import Evidence, Mistake, never, observe

MISTAKES = all_mistakes()
SHOWN = [mistake for mistake in MISTAKES if mistake.shown_by is not never]  # the others the doctor tells of
each = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.id)
each_shown = pytest.mark.parametrize("mistake", SHOWN, ids=lambda mistake: mistake.id)


def shown(evidence: Evidence) -> list[str]:
    return [mistake.id for mistake in MISTAKES if mistake.shown_by(evidence)]


def quietly(mistake: Mistake, part: str) -> Evidence:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a mistake may be one that PyTorch warns of
        return observe(getattr(mistake, part))


@each_shown
def test_broken_shows_this_mistake_first(mistake: Mistake) -> None:
    """``broken()`` is recognised as this mistake first, and besides only as those it lists in ``also``."""
    found = shown(quietly(mistake, "broken"))
    assert found[:1] == [mistake.id]
    assert set(found[1:]) <= set(mistake.also)


@each_shown
def test_fixed_shows_no_mistake(mistake: Mistake) -> None:
    """``fixed()`` runs, gives what was expected, and is recognised as no mistake."""
    evidence = quietly(mistake, "fixed")
    assert shown(evidence) == []


@each
def test_each_mistake_says_what_why_and_what_instead(mistake: Mistake) -> None:
    """The texts are there, and end as sentences do or hold code."""
    for text in (mistake.title, mistake.see, mistake.why, mistake.instead):
        assert len(text) > 10
    assert re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", mistake.id)
    assert find(mistake.id) is mistake


def test_each_mistake_has_a_file_of_its_own_named_as_it_is() -> None:
    """``mistakes/<topic>/<name>.py`` holds the mistake ``<topic>.<name>``."""
    root = Path(package.__file__).parent
    files = {
        f"{p.parent.name}.{p.stem}" for p in root.glob("*/*.py") if p.stem != "__init__" and p.parent.name != "reading"
    }
    assert files == {mistake.id for mistake in MISTAKES}


def test_the_bank_is_covered() -> None:
    """Each belief of the topics written so far has at least one mistake."""
    bank = {"T": 10, "A": 8, "M": 3, "L": 4, "O": 5, "E": 5, "D": 2, "S": 1}
    codes = {f"{letter}{n}" for letter, count in bank.items() for n in range(1, count + 1)}
    assert codes <= {mistake.code for mistake in MISTAKES}
