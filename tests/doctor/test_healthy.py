"""Healthy programs that look suspicious get no finding: GANs, reinforcement learning, losses that do not fall."""

from __future__ import annotations

import pytest
from corpus_runner import Seen, healthy_cases, in_processes_of_their_own


@pytest.fixture(scope="module")
def seen() -> list[Seen]:
    """Every healthy program under the doctor."""
    return in_processes_of_their_own(healthy_cases())


@pytest.mark.slow
def test_healthy_programs_get_no_sure_finding(seen: list[Seen]) -> None:
    """Never a sure one, and "maybe" in 5 of 100 at most."""
    assert len(seen) >= 25
    assert [(one.case.id, one.sure[0]["mistake"]) for one in seen if one.sure] == []
    assert len([one for one in seen if one.findings]) <= 0.05 * len(seen)


@pytest.mark.slow
def test_they_end_well_and_the_doctor_has_nothing_to_say_of_itself(seen: list[Seen]) -> None:
    """None raises, and no rule and no part of the watch fails."""
    assert [(one.case.id, one.raised) for one in seen if one.raised] == []
    assert [(one.case.id, one.notes) for one in seen if one.notes] == []
