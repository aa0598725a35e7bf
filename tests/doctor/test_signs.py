"""Every mistake with signs shows itself to the doctor: ``broken()`` this one first, ``fixed()`` none."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from functools import cache

import pytest
import torch

from pytorch_basics.doctor.finding import Finding, Report
from pytorch_basics.doctor.observe import Observation
from pytorch_basics.mistakes import all_mistakes
from pytorch_basics.mistakes.mistake import Mistake

MISTAKES = [mistake for mistake in all_mistakes() if mistake.signs is not Mistake.signs]
each = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.id)


def watched(code: Callable[[], object]) -> Report:
    """What the doctor says of ``code``, whether it raises or not."""
    observation, error = Observation(), None
    torch.manual_seed(0)  # several draw without a seed of their own
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # a mistake may be one that PyTorch warns of
        observation.begin()
        try:
            code()
        except Exception as raised:
            error = raised
        finally:
            observation.end()
    report = observation.report(error)
    assert not report.notes
    return report


@cache
def of_broken(mistake: Mistake) -> tuple[Finding, ...]:
    """The findings on ``broken()``, which runs once for all tests."""
    return watched(mistake.broken).findings


def said(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.mistake for finding in findings]


@each
def test_broken_is_found_as_this_mistake_first(mistake: Mistake) -> None:
    """``broken()`` gives this finding first, at a line of its own file, and besides only those listed in ``also``."""
    findings = of_broken(mistake)
    assert said(findings)[:1] == [mistake.id]
    assert set(said(findings)) <= {mistake.id, *mistake.also}
    assert findings[0].place.text


@each
def test_fixed_gives_no_finding(mistake: Mistake) -> None:
    """``fixed()`` runs and nothing is found."""
    report = watched(mistake.fixed)
    assert report.healthy, report


@each
def test_findings_are_filled_in(mistake: Mistake) -> None:
    """What was seen and what to write are sentences of this case, without a gap of a template."""
    finding = of_broken(mistake)[0]
    for words in (finding.title, finding.seen, finding.why, finding.instead, *finding.evidence):
        assert len(words) > 5
        assert "None" not in words.split() or ".grad`" in words or "None" in mistake.why + mistake.see
        assert "{" not in words or "}" in words
