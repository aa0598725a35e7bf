"""How long all lessons take to execute: each notebook in a fresh kernel, one thread, as ``make notebooks`` runs them.

Run ``python benchmarks/lessons.py``. The row is the sum over the front door and every topic of ``COURSE``, of the
median of three runs each.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from statistics import median

from pytorch_basics.course import COURSE
from timing import ROOT, Row, report, seconds

ROUNDS = 3
MOST_SECONDS = 240
COMMAND = "python benchmarks/lessons.py"


def rows() -> list[Row]:
    sys.path.insert(0, str(ROOT / "tools"))
    build = import_module("build_notebooks")
    topics = (build.FRONT_DOOR, *COURSE)
    taken = {topic: median(seconds(partial(build.executed, topic)) for _ in range(ROUNDS)) for topic in topics}
    total, slowest = sum(taken.values()), max(taken, key=lambda topic: taken[topic])
    measured = f"{total:.1f} s for {len(topics)} notebooks (longest: {slowest}, {taken[slowest]:.1f} s)"
    return [Row("all lessons executed", measured, f"≤ {MOST_SECONDS} s", total <= MOST_SECONDS, COMMAND)]


if __name__ == "__main__":
    sys.exit(report(rows()))
