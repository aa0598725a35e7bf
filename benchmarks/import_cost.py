"""What ``import pytorch_basics`` costs over a bare Python, and that it leaves torch unloaded.

Run ``python benchmarks/import_cost.py``. Both commands are started in turns, each in a fresh process, so that a busy
machine is unfair to neither; the row is the median of the pairs' differences.
"""

from __future__ import annotations

import sys
from statistics import median

from timing import Row, command, report, seconds

ROUNDS = 25
MOST_MS = 50
IMPORT = "import pytorch_basics"
COMMAND = "python benchmarks/import_cost.py"


def loaded(program: str) -> set[str]:
    """Every module that is loaded after a fresh Python ran the program."""
    return set(command([sys.executable, "-c", f"{program}; import sys; print(*sys.modules)"]).split())


def milliseconds(program: str) -> float:
    return 1000 * seconds(lambda: command([sys.executable, "-c", program]))


def rows() -> list[Row]:
    milliseconds(IMPORT)  # the first writes byte code
    pairs = [(milliseconds("pass"), milliseconds(IMPORT)) for _ in range(ROUNDS)]
    extra = median(imported - bare for bare, imported in pairs)
    bare = median(bare for bare, _ in pairs)
    torch = "torch" in loaded(IMPORT)
    measured = f"{extra:.0f} ms over {bare:.0f} ms, torch {'LOADED' if torch else 'not loaded'}"
    kept = extra <= MOST_MS and not torch
    return [Row(f'`python -c "{IMPORT}"` over bare Python', measured, f"≤ {MOST_MS} ms, no torch", kept, COMMAND)]


if __name__ == "__main__":
    sys.exit(report(rows()))
