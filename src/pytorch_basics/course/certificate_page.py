"""The page of what a learner did: one HTML file that needs nothing else, to keep or to print.

In goes a ``Certificate``; out come its HTML, and ``write``, which never writes over a file that is not such a page. All
that it says is said in words: a sign or a colour only repeats them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from pytorch_basics.course.certificate import Certificate, Done, Lesson, Met
from pytorch_basics.errors import Problem
from pytorch_basics.instruments import page

_MARK = '<meta name=generator content="pytorch-basics progress">'
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_HONEST = (
    "This page was written by the program pytorch-basics from a file in the learner's own folder. Each exercise that "
    "counts as passed was run on cases drawn afresh and compared with reference solutions, on the learner's machine. "
    "Nobody supervised it, nobody checked the name, and the file can be edited: take it as a diary of practice, not as "
    "an examination."
)


def write(path: Path, said: Certificate) -> None:
    """Write the page. Raises ``Problem`` where the path cannot be written or holds something else."""
    try:
        if path.is_dir():
            raise Problem(f"--html {path} is a folder; name a file in it, such as {path / 'progress.html'}")
        if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace")[:2000]:
            raise Problem(f"--html {path} exists and is not a page of this program; name another file")
        if not path.absolute().parent.is_dir():
            raise Problem(f"--html {path} cannot be written: there is no folder {path.parent}; make it first")
        path.write_text(html(said), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise Problem(f"--html {path} cannot be written ({reason}); name another file") from None


def html(said: Certificate) -> str:
    """The whole page."""
    style = page.beside(page.__file__, "page.css") + page.beside(__file__, "certificate.css")
    title = f"PyTorch Basics: what {said.name} practised" if said.name else "PyTorch Basics: what was practised"
    body = [
        "<header><h1>PyTorch Basics: a record of practice</h1>",
        f"<p class=who>{escape(said.name)}</p>" * bool(said.name),
        f"{_figures(said)}</header><main>",
        _misconceptions(said.met),
        "<h2>Lessons and exercises</h2>",
        *map(_lesson, said.lessons),
        f"</main><footer><p>{_HONEST}</p></footer>",
    ]
    return (
        f'<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n{_MARK}\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name=viewport content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n<body>\n" + "\n".join(filter(None, body)) + "\n"
    )  # fmt: skip


def _figures(said: Certificate) -> str:
    done, met = said.exercises, said.met
    complete = sum(lesson.passed == len(lesson.exercises) for lesson in said.lessons)
    overcome = sum(one.overcome is not None for one in met)
    facts = {
        "Exercises passed": f"{sum(one.passed for one in done)} of {len(done)}",
        "Lessons with all exercises passed": f"{complete} of {len(said.lessons)}",
        "Misconceptions": f"{len(met)} met, {overcome} overcome" if met else "none met",
        "First and last activity": f"{_day(said.first)} to {_day(said.last)}" if said.first else "none yet",
        "Time between answers": f"about {_time(said.minutes)}, without pauses of over 30 minutes",
        "Written": f"{_day(said.written)}, with {', '.join(f'{name} {number}' for name, number in said.versions)}",
    }
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{escape(value)}</dd>' for name, value in facts.items())}</dl>"


def _misconceptions(met: tuple[Met, ...]) -> str:
    if not met:
        return ""
    rows = [
        (_code(one.belief), _code(one.exercise), _met(one), f"✓ {_day(one.overcome)}" if one.overcome else "not yet")
        for one in met
    ]
    return f"<h2>Misconceptions met</h2>{_table('met', '', ('Misconception', 'Exercise', 'Met', 'Overcome'), rows)}"


def _met(one: Met) -> str:
    return _day(one.first) + (f", {one.times} times" if one.times > 1 else "")


def _lesson(lesson: Lesson) -> str:
    caption = f"{escape(lesson.title)} ({lesson.passed} of {len(lesson.exercises)} passed)"
    rows = [(_code(done.title), _result(done), _help(done)) for done in lesson.exercises]
    return _table("done", caption, ("Exercise", "Result", "Help taken"), rows)


def _result(done: Done) -> str:
    tries = f"{done.tried} {'try' if done.tried == 1 else 'tries'}"
    if done.passed:
        return f"✓ passed, {tries}"
    return f"not passed, {tries}" if done.tried else "not tried"


def _help(done: Done) -> str:
    taken = [f"{done.hints} hint{'s' * (done.hints > 1)}"] * bool(done.hints)
    taken += ["solution shown before it was passed" if done.passed else "solution shown"] * done.revealed
    return ", ".join(taken) or "none"


def _table(kind: str, caption: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    heads = "".join(f"<th scope=col>{name}</th>" for name in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    said = f"<caption>{caption}</caption>" * bool(caption)
    return f"<table class={kind}>{said}<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _code(text: str) -> str:
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def _day(when: datetime | None) -> str:
    return "" if when is None else f"{when:%Y-%m-%d}"


def _time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} minute{'s' * (minutes != 1)}"
    return f"{hours} hour{'s' * (hours != 1)}" + (f" {rest} minutes" if rest else "")
