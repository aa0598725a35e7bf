"""From records to findings: every mistake is asked for its signs.

In go the record of an exception, of a run, or both; out come the findings, best first, and notes on the
doctor's own rules: one that raises is noted and breaks nothing. No torch but what the mistakes load.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pytorch_basics.doctor.finding import Finding
from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes import all_mistakes
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

MOST_OF_A_FAILURE = 3  # one exception has one cause; more guesses than these help nobody


def diagnose(
    failure: FailureRecord | None = None, run: RunRecord | None = None
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings and the notes. What the exception says comes before what the run says, sure before maybe."""
    notes: list[str] = []
    mistakes = all_mistakes()
    of_failure = _findings(mistakes, failure, notes)[:MOST_OF_A_FAILURE] if failure else []
    of_run = _findings(mistakes, run, notes) if run and not (failure and cut_short(run)) else []
    known = {finding.mistake for finding in of_failure}
    both = [*of_failure, *(finding for finding in of_run if finding.mistake not in known)]
    return tuple(sorted(both, key=lambda finding: not finding.sure)), tuple(dict.fromkeys(notes))


def cut_short(run: RunRecord) -> bool:
    """An exception before the second step ended it: what never happened says nothing then."""
    return run.steps < 2


def _findings(mistakes: Iterable[Mistake], record: Record, notes: list[str]) -> list[Finding]:
    signs = {mistake: _signs(mistake, record, notes) for mistake in mistakes}
    speaking = [mistake for mistake, seen in signs.items() if seen and not mistake.general]
    speaking = speaking or [mistake for mistake, seen in signs.items() if seen]
    found = [_finding(mistake, sign) for mistake in _ranked(speaking) for sign in signs[mistake]]
    return _once(sorted(found, key=lambda finding: not finding.sure))


def _signs(mistake: Mistake, record: Record, notes: list[str]) -> list[Sign]:
    seen: list[Sign] = []
    try:
        for sign in mistake.signs(record):
            seen.append(sign)  # what came before an error counts
    except Exception as error:
        notes.append(f"The doctor's own rule {mistake.id} failed: {type(error).__name__}: {error}")
    return seen


def _ranked(mistakes: list[Mistake]) -> list[Mistake]:
    """In their order, but each before those that it lists as its company."""
    company = {id for mistake in mistakes for id in mistake.also}
    return sorted(mistakes, key=lambda mistake: mistake.id in company)


def _finding(mistake: Mistake, sign: Sign) -> Finding:
    return Finding(
        mistake.id,
        mistake.title,
        sign.place,
        sign.seen,
        mistake.why,
        sign.instead,
        tuple(sign.evidence),
        sign.sure,
        tuple(sign.also),
    )


def _once(findings: list[Finding]) -> list[Finding]:
    """The same mistake at the same line once, with all lines that have to do with it."""
    kept: dict[tuple[str, str, int], Finding] = {}
    for finding in findings:
        key = (finding.mistake, finding.place.file, finding.place.line)
        first = kept.setdefault(key, finding)
        if first is not finding:
            kept[key] = replace(first, also=tuple(dict.fromkeys((*first.also, *finding.also))))
    return list(kept.values())
