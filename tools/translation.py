"""Translations: bring a PO file up to what the source says now, or say what is missing and stale in it.

    python tools/translation.py start de            make or update the file of a topic and a language
    python tools/translation.py program de          the same for what the program itself says
    python tools/translation.py start de --check    change nothing; list what is open, exit 1 if anything is

A name is ``program`` or a folder of ``course`` or ``mistakes`` (where both have it, both). New texts come with an
empty translation. Where a text has changed, its old translation is kept and marked fuzzy, with the old text beside it,
and the learner reads English until somebody has looked. What is gone from the source is kept at the end, commented out.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import jupytext
import polib

from pytorch_basics import mistakes
from pytorch_basics.comments import words
from pytorch_basics.course import COURSE
from pytorch_basics.course.catalogue import of_topic
from pytorch_basics.course.overview import lesson_source
from pytorch_basics.language import PROGRAM, key, paragraphs
from pytorch_basics.practice.exercise import Exercise

ROOT = Path(__file__).parents[1]
_ALIKE = 0.6  # how much of a changed text must be left for its translation to be offered
_HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
    "X-Direction": "ltr",
}

Text = tuple[str, str, str]
"""What is to be translated, its plural (mostly empty), and where it stands."""


def packages(name: str) -> list[str]:
    """The packages that a name on the command line stands for."""
    if name == "program":
        return [PROGRAM]
    homes = [f"{PROGRAM}.{room}.{name}" for room in ("course", "mistakes")]
    found = [home for home in homes if (files(PROGRAM) / home.removeprefix(f"{PROGRAM}.").replace(".", "/")).is_dir()]
    if not found:
        sys.exit(f'there is nothing called "{name}"; name a topic ({", ".join(COURSE)}), or program')
    return found


def path_of(package: str, language: str) -> Path:
    """Where the translations of a package stand."""
    return Path(str(files(package))) / "translations" / f"{language}.po"


def texts(package: str) -> list[Text]:
    """Everything to translate in a package, each once, in the order it is met."""
    room, topic = package.split(".")[1:] if package != PROGRAM else ("", "")
    found = {"": _of_program, "course": _of_topic, "mistakes": _of_mistakes}[room](topic)
    places: dict[tuple[str, str], dict[str, None]] = {}
    for text, plural, where in found:
        places.setdefault((text, plural), {})[where] = None
    return [(text, plural, "; ".join(where)) for (text, plural), where in places.items() if text]


def _of_topic(topic: str) -> Iterator[Text]:
    section = ""
    for cell in jupytext.reads(lesson_source(topic), fmt="py:percent").cells:
        for text, _, _ in (_markdown if cell.cell_type == "markdown" else _code)(cell.source, ""):
            if cell.cell_type == "markdown" and text.startswith("#"):
                section = text.lstrip("# ")
            yield text, "", f"lesson, “{section}”" + ", in code" * (cell.cell_type == "code")
    for task in of_topic(topic) if topic in COURSE else ():
        yield task.title, "", f"{task.id}, title"
        yield from _markdown(task.statement, f"{task.id}, statement")
        yield from _code(task.stub if isinstance(task, Exercise) else task.code, f"{task.id}, code")
        for number, hint in enumerate(task.hints, start=1):
            yield from _markdown(hint, f"{task.id}, hint {number}")
    solutions = import_module(f"{PROGRAM}.course.{topic}.solutions").SOLUTIONS if topic in COURSE else {}
    for id, one in solutions.items():
        for wrong in one.wrong:
            yield from _markdown(wrong.message, f"{id}, told to the wrong answer {wrong.name}")


def _of_mistakes(folder: str) -> Iterator[Text]:
    for mistake in mistakes.all_mistakes():
        if mistake.id.split(".")[0] == folder:
            for name in ("title", "see", "why", "instead"):
                yield from _markdown(getattr(mistake, name), f"{mistake.id}, {name}")


def _of_program(_: str) -> Iterator[Text]:
    """Every ``say("…")``, ``say_count("…", "…")`` and ``later("…")`` in the package and the lesson's builder."""
    package = ROOT / "src" / PROGRAM
    for path in [*sorted(package.rglob("*.py")), ROOT / "tools" / "lesson_to_notebook.py"]:
        where = path.relative_to(package if path.is_relative_to(package) else ROOT).as_posix()
        for node in sorted(_calls(ast.parse(path.read_text(encoding="utf-8"))), key=lambda call: call.lineno):
            name, said = (
                getattr(node.func, "id", ""),
                [part.value for part in node.args if isinstance(part, ast.Constant)],
            )
            if name == "say_count":
                yield str(said[0]), str(said[1]), where
            elif name in ("say", "later") and said:
                yield from _markdown(str(said[0]), where)


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _markdown(text: str, where: str) -> Iterator[Text]:
    for paragraph in paragraphs(text):
        yield key(paragraph), "", where


def _code(source: str, where: str) -> Iterator[Text]:
    for text in words(source):
        yield text, "", f"{where}, in code"


def updated(package: str, language: str, old: polib.POFile) -> polib.POFile:
    """The file as it should be now, with all that the old one knows."""
    new = polib.POFile()
    new.header = f"What stands in {package}, for those who read it in another language."
    new.metadata = {**_HEADER, "Language": language, **old.metadata}
    wanted = texts(package)
    kept = {(entry.msgid, entry.msgid_plural): entry for entry in old}
    left = [kept[name] for name in kept.keys() - {text[:2] for text in wanted} if _said(kept[name])]
    for text, plural, where in wanted:
        entry = kept.get((text, plural)) or polib.POEntry(msgid=text, msgid_plural=plural)
        if plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        before = None if _said(entry) else _nearest(text, where, left)
        if before:
            left.remove(before)
            entry.msgstr, entry.msgstr_plural = before.msgstr, before.msgstr_plural
            entry.previous_msgid = before.msgid
            entry.flags = ["fuzzy"]
        entry.comment, entry.obsolete = where, False
        new.append(entry)
    for entry in sorted(left, key=lambda entry: str(entry.msgid)):
        entry.obsolete = True
        new.append(entry)
    return new


def _said(entry: polib.POEntry) -> bool:
    return bool(entry.msgstr or any(entry.msgstr_plural.values()))


def _nearest(text: str, where: str, left: list[polib.POEntry]) -> polib.POEntry | None:
    """Of what is gone from the source, what this text was before: the most alike."""
    alike = [(SequenceMatcher(None, text, entry.msgid).ratio() + 0.1 * (entry.comment == where), entry.msgid, entry)
             for entry in left]  # fmt: skip
    best = max(alike, default=(0.0, "", None), key=lambda found: found[:2])
    return best[2] if best[0] > _ALIKE else None


def open_in(package: str, language: str) -> list[str]:
    """What is missing, stale or broken in the translations of a package, a line each."""
    path = path_of(package, language)
    if not path.is_file():
        return [f"{package} has no translation into {language}"] if texts(package) else []
    there = {(entry.msgid, entry.msgid_plural): entry for entry in polib.pofile(str(path)) if not entry.obsolete}
    found = []
    for text, plural, where in texts(package):
        entry = there.pop((text, plural), None)
        if entry is None or not entry.translated():
            trouble = "not looked at since the English changed" if entry and entry.fuzzy else "missing"
        else:
            trouble = ", ".join(_broken(text, said) for said in [entry.msgstr, *entry.msgstr_plural.values()] if said)
        if trouble.strip(", "):
            found.append(f"{where}: {trouble.strip(', ')}: {text[:60]!r}")
    return found + [f"no longer in the source: {text[:60]!r}" for text, _ in there]


def _broken(text: str, said: str) -> str:
    """What must be the same in a translation: code, where links lead, and the places that are filled."""
    kinds = {"code": r"`[^`\n]+`", "links": r"\]\([^)]*\)", "places": r"\{+\w+\}+"}
    wrong = [name for name, form in kinds.items() if set(re.findall(form, text)) != set(re.findall(form, said))]
    return f"other {' and '.join(wrong)} than in English" if wrong else ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Make, update or check translations.")
    parser.add_argument("name", help="program, a topic, or a folder of mistakes")
    parser.add_argument("language", help="such as de")
    parser.add_argument("--check", action="store_true", help="change nothing; list what is open")
    options = parser.parse_args(arguments)
    still = 0
    for package in packages(options.name):
        path = path_of(package, options.language)
        if not options.check and texts(package):
            old = polib.pofile(str(path)) if path.exists() else polib.POFile()
            path.parent.mkdir(exist_ok=True)
            updated(package, options.language, old).save(str(path), newline="\n")
        lines = open_in(package, options.language)
        still += len(lines)
        print(f"{path.relative_to(ROOT)}: {len(lines)} open", *lines, sep="\n  ")
    return 1 if still and options.check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
