"""The language a learner reads: English as it stands in the source, or its translation where there is one.

In goes an English text; out comes the text in the learner's language, or the same English. Translations are gettext's
PO files, each beside what it translates: ``translations/de.po`` in this package for what the program itself says
(``say``), and in each folder of ``course`` and ``mistakes`` for what stands there (``told``). The English text is the
key, paragraph by paragraph; an entry marked fuzzy counts as missing. The language is the one of a ``speaking`` block,
of the environment (``PYTORCH_BASICS_LANGUAGE``), or of the learner's folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from pytorch_basics.comments import replaced
from pytorch_basics.errors import Problem
from pytorch_basics.folder import FOLDER, workspace

ENGLISH = "en"
VARIABLE = "PYTORCH_BASICS_LANGUAGE"
PROGRAM = "pytorch_basics"
_speaking: ContextVar[str | None] = ContextVar("_speaking", default=None)


@cache
def languages() -> list[str]:
    """Every language the program speaks: those of its own translations, and English."""
    there = files(PROGRAM) / "translations"
    return sorted({ENGLISH, *(path.name[:-3] for path in there.iterdir() if path.name.endswith(".po"))})


def spoken(name: str) -> str:
    """``de`` for ``de``, ``DE`` or ``de_AT.UTF-8``; raises ``Problem`` for a language there is not."""
    code = name.split(".")[0].replace("_", "-").lower()
    for found in (code, code.split("-")[0]):
        if found in languages():
            return found
    raise Problem(f'the course does not speak "{name}"; its languages are {", ".join(languages())}')


def chosen() -> str:
    """The learner's language. Raises ``Problem`` where the environment names one that there is not."""
    within = _speaking.get()
    if within:
        return within
    named = os.environ.get(VARIABLE)
    return spoken(named) if named else remembered(workspace())


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Inside the block everything is said in this language."""
    before = _speaking.set(spoken(language))
    try:
        yield
    finally:
        _speaking.reset(before)


def remembered(folder: Path) -> str:
    """The language that the learner's folder was last opened in; English where none is remembered."""
    try:
        return spoken((folder / FOLDER / "language").read_text(encoding="utf-8").strip())
    except (OSError, ValueError, Problem):  # a newer version's language, say
        return ENGLISH


def remember(folder: Path, language: str) -> None:
    """Keep the language for everything that is opened in this folder."""
    if remembered(folder) != language:
        (folder / FOLDER / "language").write_text(f"{language}\n", encoding="utf-8")


def direction(language: str) -> str:
    """``rtl`` for a language written from right to left: the header ``X-Direction`` of its program's words."""
    return _words(PROGRAM, spoken(language)).info().get("x-direction", "ltr")


def attributes() -> str:
    """What a block of HTML in the learner's language carries, for a screen reader and for the order of its words."""
    language = chosen()
    return f"lang='{language}' dir='{direction(language)}'"


def framed(markdown: str) -> str:
    """The Markdown of a cell, set from right to left where the learner's language is written so."""
    if direction(chosen()) == "ltr":
        return markdown
    return f"<div {attributes()}>\n\n{markdown}\n\n</div>"


def say(sentence: str, **parts: object) -> str:
    """What the program says, its ``{parts}`` filled in. The sentence must be written out here: it is looked for."""
    return _filled(_words(PROGRAM, chosen()).gettext(sentence), sentence, parts)


def say_count(one: str, many: str, n: int, **parts: object) -> str:
    """The same for a number ``{n}`` of things; a language has as many forms as it needs."""
    return _filled(_words(PROGRAM, chosen()).ngettext(one, many, n), one if n == 1 else many, {"n": n, **parts})


def later(sentence: str) -> str:
    """Marks what is written here for translation; ``say`` says it elsewhere, of Markdown ``told(PROGRAM, …)``."""
    return sentence


def _filled(found: str, english: str, parts: dict[str, object]) -> str:
    if not parts:
        return found
    try:
        return found.format(**parts)
    except (KeyError, IndexError, ValueError):  # a translation with other parts must not cost the verdict
        return english.format(**parts)


def is_translated(package: str) -> bool:
    """Whether there are translations beside what stands in the package, into the learner's language."""
    return type(_words(package, chosen())) is not NullTranslations


def told(package: str, text: str) -> str:
    """The Markdown that stands in ``pytorch_basics.course.start``, say, paragraph by paragraph."""
    return _mapped(_words(package, chosen()).gettext, text) if is_translated(package) else text


def told_code(package: str, source: str) -> str:
    """The same for code: its comments and docstrings; the program stays what it was."""
    return replaced(source, _words(package, chosen()).gettext) if is_translated(package) else source


def paragraphs(text: str) -> list[str]:
    """The Markdown cut at its empty lines, but for those inside a fence."""
    blocks, fenced = [""], False
    for line in text.strip().splitlines():
        fenced ^= line.lstrip().startswith("```")
        if line.strip() or fenced:
            blocks[-1] += f"{line}\n"
        elif blocks[-1]:
            blocks.append("")
    return [block.rstrip() for block in blocks if block.strip()]


def key(paragraph: str) -> str:
    """What a paragraph is looked up by: prose in one line, so that where it was wrapped does not matter.

    Empty for what has no words to translate: code in a fence, and places that the lesson's builder fills.
    """
    if paragraph.startswith("```") or re.fullmatch(r"\{\{[\w. ]+\}\}", paragraph):
        return ""
    lines = [line.strip() for line in paragraph.splitlines()]
    laid_out = any(re.match(r"[-*] |#+ |\d+\. |[|<]", line) for line in lines)
    return "\n".join(line.rstrip() for line in paragraph.splitlines()) if laid_out else " ".join(lines)


def _mapped(translate: Callable[[str], str], text: str) -> str:
    def one(paragraph: str) -> str:
        found = key(paragraph)
        said = translate(found) if found else paragraph
        return paragraph if said == found else said

    return "\n\n".join(map(one, paragraphs(text)))


@cache
def _words(package: str, language: str) -> NullTranslations:
    """The translations of what stands in a package; empty where there are none."""
    if language == ENGLISH:
        return NullTranslations()
    path = files(package) / "translations" / f"{language}.po"
    if not path.is_file():
        return NullTranslations()
    import polib  # only for those who need it: it costs 20 ms

    return GNUTranslations(BytesIO(polib.pofile(path.read_text(encoding="utf-8")).to_binary()))
