"""What a report says, in its order and its words: the small tree that ``text`` and ``html`` both draw.

In goes a ``Report``; out comes an ``Outline``: a headline, sections with the lines of source to look at, rows of a
label and words, and notes. No torch.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from pytorch_basics.doctor import known
from pytorch_basics.doctor.finding import Finding, Report
from pytorch_basics.instruments import cells
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.instruments.tensor.wording import number
from pytorch_basics.instruments.trace.wording import count

MOST_LINES, MOST_MESSAGE = 6, 400
CONFIDENCE = {True: "sure", False: "maybe: look whether you mean it"}


@dataclass(frozen=True)
class Line:
    """A line of the learner's source: its label (a number, with the file where that is another one), its text, and
    whether it is the line to change."""

    label: str
    text: str
    change: bool = False


@dataclass(frozen=True)
class Section:
    """One finding, or what is known of an error without one."""

    title: str
    where: str
    tag: str = ""
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Outline:
    """A whole report. ``good`` says that nothing is wrong."""

    headline: str
    said: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()
    good: bool = False


def outline(report: Report) -> Outline:
    """The report as it is drawn."""
    return Outline(
        _headline(report),
        _said(report),
        tuple(map(_section, report.findings)) or _undiagnosed(report) or _tried(report),
        report.notes,
        report.healthy,
    )


def _headline(report: Report) -> str:
    if report.findings:
        maybes = sum(not finding.sure for finding in report.findings)
        doubt = "" if not maybes else " (maybe)" if maybes == len(report.findings) else f", {maybes} of them maybe"
        return f"{count(len(report.findings), 'finding')}{doubt}"
    if report.failure:
        return "An error without a diagnosis"
    return "Nothing wrong was seen" if report.run else "Nothing to look at"


def _said(report: Report) -> tuple[str, ...]:
    failure = [f"The error: {shortened(report.raised)}"] if report.raised else []
    ended = [f"The run did not end by itself: {report.ended}."] if report.ended else []
    watched = [f"Watched: {watched_sentence(report.run)}."] if report.run and not report.failure else []
    return (*failure, *ended, *watched)


def shortened(message: str) -> str:
    """A message of PyTorch's; of a very long one the beginning."""
    return message if len(message) <= MOST_MESSAGE else f"{message[:MOST_MESSAGE].rstrip()} …"


def watched_sentence(run: RunRecord) -> str:
    """``Net (6 parameters), Adam, 200 steps, loss 0.69 → 0.03``: what a run was made of."""
    parts = [f"{model.kind} ({count(len(model.parameters), 'parameter')})" for model in run.models[:3]]
    parts += dict.fromkeys(one.kind for one in run.optimizers)
    in_full = f", {run.watched:,} of them in full" if run.watched < run.steps else ""
    parts += [f"{count(run.steps, 'optimizer step')}{in_full}"]
    if len(run.losses) > 1:
        parts += [f"loss {number(run.losses[0][1])} → {number(run.losses[-1][1])}"]
    calls = sum(site.count for site in run.sites)
    return ", ".join(parts if run.models or run.steps else [f"{count(calls, 'call')} of PyTorch, no optimizer step"])


def _section(finding: Finding) -> Section:
    rows = [("seen", finding.seen), ("why", finding.why), ("write instead", finding.instead)]
    rows += [("check it", evidence) for evidence in finding.evidence]
    places = sorted({finding.place, *finding.also}, key=lambda place: (place.file != finding.place.file, place))
    lines = [_line(place, finding.place) for place in _nearest(places, finding.place)]
    tag = CONFIDENCE[finding.sure]
    return Section(finding.title, where(finding.place), tag, tuple(lines), tuple(row for row in rows if row[1]))


def _nearest(places: list[Place], change: Place) -> list[Place]:
    others = [place for place in places if place != change][: MOST_LINES - 1]
    return [place for place in places if place == change or place in others]


def _line(place: Place, change: Place) -> Line:
    label = str(place.line) if place.file == change.file else f"{file(place)}:{place.line}"
    return Line(label, place.text, place == change)


def _undiagnosed(report: Report) -> tuple[Section, ...]:
    failure = report.failure
    if failure is None:
        return ()
    place = failure.place
    lines = (Line(str(place.line), place.text),) if place else ()
    title = "No rule of the doctor knows this error. What is known of it:"
    return (Section(title, where(place) if place else "", "", lines, known.rows(failure)),)


def _tried(report: Report) -> tuple[Section, ...]:
    if not report.experiments:
        return ()
    title = "The loss does not fall, and no rule says why. Experiments on copies of the model, with one of its batches:"
    rows = [(one.asked, one.sentence()) for one in report.experiments]
    return (Section(title, "", "", (), tuple(rows)),)


def where(place: Place) -> str:
    """``train.py:31 in Net.__init__``."""
    around = "" if place.function in ("", "<module>") else f" in {place.function}"
    return f"{file(place)}:{place.line}{around}"


def file(place: Place) -> str:
    """A file as a reader knows it: from the current folder, else its path's end; a notebook's cell by its number."""
    name = place.file.replace("\\", "/")
    if cells.is_cell(name):
        return f"cell [{cells.number(name)}]" if cells.number(name) is not None else "a notebook cell"
    near = os.path.relpath(name) if os.path.isabs(name) and os.path.splitdrive(name)[0] == "" else name
    return near if not near.startswith("..") else "/".join(name.split("/")[-2:])
