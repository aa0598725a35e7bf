"""From signs to findings: their order, and that a rule's own error breaks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pytorch_basics.doctor import diagnose as module
from pytorch_basics.doctor.diagnose import diagnose
from pytorch_basics.doctor.finding import Finding
from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

FAILED, RAN = FailureRecord("RuntimeError", "no"), RunRecord(steps=9)
PLACE = Place("train.py", 3, "main", "loss.backward()")


def mistake(id: str, *signs: Sign, of: type = FailureRecord, **more: Any) -> Mistake:
    """A mistake that shows these signs of one kind of record."""

    def seen(record: Record) -> Iterator[Sign]:
        if isinstance(record, of):
            yield from signs

    texts = dict.fromkeys(("code", "title", "see", "why", "instead"), id)
    return Mistake(id=id, broken=lambda: None, fixed=lambda: None, signs=seen, **texts, **more)


def sign(line: int = 3, sure: bool = True, **more: Any) -> Sign:
    """A sign at a line of ``train.py``."""
    return Sign(Place("train.py", line), "seen", "instead", sure=sure, **more)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes these all mistakes that there are."""
    return lambda *mistakes: monkeypatch.setattr(module, "all_mistakes", lambda: mistakes)


def ids(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.mistake for finding in findings]


def test_sure_comes_before_maybe_and_the_exception_before_the_run(known: Any) -> None:
    """Within that the mistakes' own order stands."""
    known(
        mistake("run.sure", sign(), of=RunRecord),
        mistake("error.maybe", sign(sure=False)),
        mistake("error.sure", sign(sure=True)),
    )
    findings, notes = diagnose(FAILED, RAN)
    assert (ids(findings), notes) == (["error.sure", "run.sure", "error.maybe"], ())


def test_a_rule_that_raises_is_noted_and_breaks_nothing(known: Any) -> None:
    """What it said before its error counts, and the others are heard."""

    def failing(record: Record) -> Iterator[Sign]:
        yield sign()
        raise KeyError("x")

    texts = dict.fromkeys(("code", "title", "see", "why", "instead"), "t")
    broken = Mistake(id="a.b", broken=lambda: None, fixed=lambda: None, signs=failing, **texts)
    known(broken, mistake("c.d", sign()))
    findings, notes = diagnose(FAILED)
    assert ids(findings) == ["a.b", "c.d"]
    assert notes == ("The doctor's own rule a.b failed: KeyError: 'x'",)


def test_a_general_mistake_speaks_only_where_no_other_does(known: Any) -> None:
    """It is the last resort."""
    last = mistake("g.g", sign(), general=True)
    known(last, mistake("a.b"))
    assert ids(diagnose(FAILED)[0]) == ["g.g"]
    known(last, mistake("a.b", sign()))
    assert ids(diagnose(FAILED)[0]) == ["a.b"]


def test_the_same_mistake_at_the_same_line_is_said_once(known: Any) -> None:
    """With the lines of both; at another line it is said again."""
    known(mistake("a.b", sign(also=(PLACE,)), sign(also=(Place("train.py", 9),)), sign(4)))
    findings, _ = diagnose(run=None, failure=FAILED)
    assert [finding.lines for finding in findings] == [[3, 9], [4]]


def test_a_mistake_comes_before_its_company(known: Any) -> None:
    """What a mistake lists in ``also`` is its consequence."""
    known(mistake("a.effect", sign()), mistake("b.cause", sign(), also=("a.effect",)))
    assert ids(diagnose(FAILED)[0]) == ["b.cause", "a.effect"]


def test_an_exception_gets_few_findings(known: Any) -> None:
    """It has one cause; three guesses at most."""
    known(*(mistake(f"a.m{k}", sign()) for k in range(5)))
    assert len(diagnose(FAILED)[0]) == 3


def test_what_never_happened_says_nothing_of_a_run_that_was_cut_short(known: Any) -> None:
    """An exception in the first step is why there was no second one."""
    known(mistake("run.sure", sign(), of=RunRecord))
    assert diagnose(FAILED, RunRecord(steps=1))[0] == ()
    assert len(diagnose(None, RunRecord(steps=1))[0]) == 1


def test_a_finding_as_json_has_the_fields_that_are_promised() -> None:
    """``lines`` begins with the line to change and has those of the same file only."""
    finding = Finding("a.b", "t", PLACE, "s", "w", "i", ("e",), False, (Place("other.py", 1), Place("train.py", 7)))
    assert finding.to_json() == {
        "mistake": "a.b",
        "title": "t",
        "file": "train.py",
        "line": 3,
        "lines": [3, 7],
        "seen": "s",
        "why": "w",
        "write_instead": "i",
        "evidence": ["e"],
        "confidence": "maybe",
    }
