"""What a learner waits for a verdict: ``start.double`` answered in a real notebook kernel whose checker is warm.

Run ``python benchmarks/warm_check.py``. A right answer, one with a named misconception and one that is wrong in a way
of its own take turns, with a learner's pause between; each verdict is verified. Beside it, not promised: the first
check in a kernel just started, and the same exercise with other checkers, where ``PEERS`` names a venv that has them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from kernel import Ran, kernel, timed
from other_checkers import rows as other_rows
from timing import Row, percentile_95, report

ROUNDS = 40
PAUSE = 0.3
MOST_MEDIAN, MOST_P95 = 50, 150
COMMAND = "python benchmarks/warm_check.py"
SETUP = "import pytorch_basics as pb\npb.exercise"
EMPTY = "pass"
ANSWERS = {  # the body of the answer, and how its verdict begins
    "x * 2": "✓ Passed",
    "x ** 2": "✗ Not yet: a common misunderstanding",
    "x * 3": "✗ Not yet: here is the smallest case that fails",
}


def cell(body: str) -> str:
    return f'@pb.exercise("start.double")\ndef double(x):\n    return {body}\n'


def warm_checks(folder: str) -> dict[str, list[Ran]]:
    """Each answer's checks in one kernel, once its checker is warm."""
    ran: dict[str, list[Ran]] = {body: [] for body in (EMPTY, *ANSWERS)}
    with kernel(sys.executable, folder, PYTORCH_BASICS_WORKSPACE=folder) as run:
        run(f"{SETUP}\n{cell('x * 2')}")  # waits until the checker is warm
        for number in range(-1, ROUNDS):
            for body, verdict in ANSWERS.items():
                time.sleep(PAUSE)
                one = run(timed(cell(body)))
                if not one.shown.startswith(verdict):
                    raise RuntimeError(f"return {body}: expected {verdict!r}, got {one.shown!r}")
                if number >= 0:  # the first of each kind is not counted
                    ran[body].append(one)
            time.sleep(PAUSE)
            ran[EMPTY].append(run(timed(EMPTY)))
    return ran


def first_check(folder: str) -> float:
    """Seconds for an answer handed in at once in a kernel just started: the checker still loads PyTorch."""
    with kernel(sys.executable, folder, PYTORCH_BASICS_WORKSPACE=folder) as run:
        return run(f"{SETUP}\n{cell('x * 2')}").seconds


def times(ran: list[Ran]) -> str:
    trips, inside = [1000 * one.seconds for one in ran], [1000 * one.inside for one in ran]
    in_kernel = f"{median(inside):.0f} / {percentile_95(inside):.0f}"
    return f"{median(trips):.0f} / {percentile_95(trips):.0f} ms (in the kernel {in_kernel})"


def row(what: str, ran: list[Ran]) -> Row:
    trips = [1000 * one.seconds for one in ran]
    kept = median(trips) <= MOST_MEDIAN and percentile_95(trips) <= MOST_P95
    title = f"warm check of {what}, median / 95th percentile"
    return Row(title, times(ran), f"≤ {MOST_MEDIAN} / ≤ {MOST_P95} ms", kept, COMMAND)


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        empty, right, *wrong = warm_checks(folder).values()
        first = median(first_check(folder) for _ in range(3))
        others = other_rows(Path(folder), cell("x * 2"), COMMAND)
    return [
        row("a right answer", right),
        row("a wrong answer", [one for ran in wrong for one in ran]),
        Row("an empty cell in the same kernel", times(empty), command=COMMAND),
        Row("the first check, handed in at once in a new kernel", f"{first:.1f} s", command=COMMAND),
        *others,
    ]


if __name__ == "__main__":
    sys.exit(report(rows()))
