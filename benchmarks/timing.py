"""What the benchmarks share: a row of the README's numbers table, the clock, and how rows are printed.

In go measurements; out comes a ``Row`` for each, as a table for a person or, with ``--json``,
as data for ``run_all.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Row:
    """One line of the table. ``kept`` is None where nothing is promised (a peer's time, say)."""

    what: str
    measured: str
    aim: str = ""
    kept: bool | None = None
    command: str = ""


def seconds(task: Callable[[], object]) -> float:
    """The wall time of one call."""
    begun = perf_counter()
    task()
    return perf_counter() - begun


def command(arguments: Sequence[str | Path], cwd: Path = ROOT, **environment: str) -> str:
    """Run a command on one thread and give what it printed, errors and all. Raises when it fails."""
    env = os.environ | {"OMP_NUM_THREADS": "1"} | environment
    run = subprocess.run(arguments, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode:
        raise RuntimeError(f"{' '.join(map(str, arguments))} failed:\n{run.stdout[-2000:]}")
    return run.stdout


def percentile_95(times: Sequence[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1]


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table; ✗ marks a promise that was not kept."""
    cells = [("what", "measured", "aim", "command")]
    cells += [(row.what, row.measured, _sign(row) + row.aim, row.command and f"`{row.command}`") for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["| " + " | ".join(cell.ljust(n) for cell, n in zip(row, widths, strict=True)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (n + 2) for n in widths) + "|", *lines[1:]])


def _sign(row: Row) -> str:
    return "" if row.kept is None else "✓ " if row.kept else "✗ "


def report(rows: Sequence[Row]) -> int:
    """Print the rows; the exit status is 1 when a promise was not kept."""
    print(json.dumps([asdict(row) for row in rows]) if "--json" in sys.argv else table(rows))
    return int(any(row.kept is False for row in rows))


def from_json(text: str) -> list[Row]:
    """The rows that a benchmark printed last."""
    data: list[dict[str, Any]] = json.loads(text.strip().splitlines()[-1])
    return [Row(**row) for row in data]
