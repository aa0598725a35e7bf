"""The course itself under the doctor: no lesson and no reference solution gets a finding that is sure."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

RUNNER = Path(__file__).with_name("course_runner.py")
# A lesson that shows a mistake on purpose is rightly told so; everything else is a false alarm.
MEANT = {
    "memory": {"memory.view_is_transpose"},
    "operations": {"operations.silent_broadcast"},
    "autograd": {"autograd.chain_is_cut"},
    "descent": {"operations.nan_is_born"},  # it shows how too large a learning rate ends
    "loss": {"loss.sigmoid_twice", "loss.softmax_twice", "operations.silent_broadcast", "operations.nan_is_born"},
    "optim": {"optim.no_zero_grad", "optim.cleared_before_step"},
    "data": {"data.generator_in_workers", "data.labels_left_in_order"},  # its own noise; a batch with labels redrawn
    "evaluation": {"evaluation.not_in_eval_mode"},  # what the switches do is shown by leaving them
    "debugging": {  # the clinic's silent patients
        "optim.no_zero_grad",
        "loss.sigmoid_twice",
        "operations.silent_broadcast",
        "optim.holds_other_parameters",
        "model.plain_list",
        "data.labels_left_in_order",
        "evaluation.left_in_eval_mode",
        "loss.softmax_over_batch",
        "memory.view_is_transpose",
    },
    "front_door": {"loss.sigmoid_twice", "memory.view_is_transpose"},
}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def seen() -> list[Row]:
    """Every lesson and every exercise's references, run in processes of their own; what is meant is left out."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, RUNNER], cwd=folder, capture_output=True, text=True, check=True)
    rows: list[Row] = json.loads(done.stdout.splitlines()[-1])
    for row in rows:
        meant = MEANT.get(row["name"], ())
        row["findings"] = [finding for finding in row["findings"] if finding["mistake"] not in meant]
    return rows


@pytest.mark.slow
def test_no_lesson_and_no_solution_gets_a_sure_finding(seen: list[Row]) -> None:
    """Except where the lesson shows that very mistake; the doctor has no error of its own to report either."""
    sure = {
        (one["name"], finding["mistake"], finding["file"], finding["line"])
        for one in seen
        for finding in one["findings"]
        if finding["confidence"] == "sure"
    }
    assert not sure
    assert not [(one["name"], one["notes"]) for one in seen if one["notes"]]


@pytest.mark.slow
def test_few_get_a_maybe(seen: list[Row]) -> None:
    """5 of 100 at most."""
    maybe = [one["name"] for one in seen if any(finding["confidence"] == "maybe" for finding in one["findings"])]
    assert len(maybe) <= 0.05 * len(seen), maybe
