"""The README's numbers, measured: one file for each promise, each in a process of its own, and one table.

Run ``make bench``, with ``PEERS=/path/to/venv`` where otter-grader and nbgrader are installed for the comparison. The
exit status is 1 when a promise was not kept; a busy machine breaks promises, so the load is printed with them.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from timing import ROOT, Row, from_json, table

BENCHMARKS = (
    *("import_cost", "warm_check", "see", "tracing", "graph", "summary", "landscape", "watch", "checkup"),
    *("lessons", "lab_start"),
)


def measured(name: str) -> list[Row]:
    """The rows of one benchmark; of one that failed, a row that says so."""
    program = Path(__file__).with_name(f"{name}.py")
    run = subprocess.run(
        [sys.executable, program, "--json"],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    try:
        return from_json(run.stdout)
    except (ValueError, IndexError):  # it printed no rows
        print(run.stderr, file=sys.stderr)
        return [Row(name, f"failed with status {run.returncode}", kept=False, command=f"python benchmarks/{name}.py")]


def machine() -> str:
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    return f"{os.cpu_count()} cores, {load}, Python {platform.python_version()}, PyTorch {version('torch')}"


def main() -> int:
    before, rows = machine(), []
    for name in BENCHMARKS:
        print(f"{name} …", file=sys.stderr)
        rows += measured(name)
    print(f"before: {before}\nafter:  {machine()}\n\n{table(rows)}")
    return int(any(row.kept is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
