"""Healthy programs run under the doctor as they do without it: the same output, the same random states afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from corpus_runner import blinded, healthy_cases


def test_each_has_a_header_and_a_program_below_it() -> None:
    """The header says what looks suspicious; a file without one would be run as an empty program."""
    for case in healthy_cases():
        assert case.path.read_text(encoding="utf-8").startswith("# ---\n# looks_like: "), case.id
        assert "torch" in blinded(case.path), case.id


@pytest.mark.slow
def test_each_runs_as_without_the_doctor() -> None:
    """What it writes, and what Python's and PyTorch's random numbers go on with, are the same."""
    runner = str(Path(__file__).with_name("healthy_runner.py"))
    done = subprocess.run([sys.executable, runner], stdout=subprocess.PIPE, check=True)
    for name, (plain, seen) in json.loads(done.stdout.splitlines()[-1]).items():
        assert (plain["raised"], seen["raised"]) == (None, None), name
        assert plain["output"], name
        assert seen["output"] == plain["output"], name
        assert seen["random"] == plain["random"], name
