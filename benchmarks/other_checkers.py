"""The same exercise with other checkers: from the command line, cold, and in the notebook where a peer can do that.

In goes a folder and our cell; out come rows, "not installed" where the venv that ``PEERS`` names has no such program.
What the times buy differs. All three commands start a kernel or a sandbox, run the notebook and say whether the cases
hold; ours isolates the answer and names the misconception. ``grader.check`` runs the tests in the learner's own
process: it needs no sandbox and gives none. nbgrader has no check inside the notebook.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from statistics import median

from kernel import kernel, timed
from timing import Row, command, percentile_95, seconds

ROUNDS, CHECKS, PAUSE = 3, 40, 0.3
PEERS = Path(__file__).parent / "peers"
OTTER = ("otter", "check", "double.ipynb", "-q", "double", "-t", "tests")
NBGRADER = ("nbgrader", "validate", "double.ipynb")


def rows(folder: Path, cell: str, run_with: str) -> list[Row]:
    """Ours from the command line, then each peer's."""
    write_ours(folder / "double.ipynb", cell)
    ours = [sys.executable, "-m", "pytorch_basics", "check", "double.ipynb", "--folder", "."]
    venv = Path(os.environ.get("PEERS", os.devnull))
    for peer in ("otter", "nbgrader"):
        shutil.copytree(PEERS / peer, folder / peer, ignore=shutil.ignore_patterns("__pycache__"))
    measured = {
        "cold: `pytorch-basics check`": cold(ours, folder, "✓ start.double"),
        "cold: `otter check`": peer_cold(venv, OTTER, folder / "otter", "All tests passed!"),
        "cold: `nbgrader validate`": peer_cold(venv, NBGRADER, folder / "nbgrader", "Success! Your notebook passes"),
        "warm, without a sandbox: otter's `grader.check`": otter_warm(venv, folder / "otter"),
    }
    return [Row(f"the same exercise, {what}", text, command=f"PEERS=… {run_with}") for what, text in measured.items()]


def write_ours(path: Path, cell: str) -> None:
    empty: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**empty, "source": source} for source in ("import pytorch_basics as pb", cell)]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), encoding="utf-8")


def cold(arguments: list[str], folder: Path, says: str) -> str:
    """The median wall time of a command that must say that the answer is right."""

    def check() -> None:
        printed = command(arguments, folder)
        if says not in printed:
            raise RuntimeError(f"{arguments[0]} did not say {says!r}:\n{printed}")

    return f"{median(seconds(check) for _ in range(ROUNDS)):.1f} s"


def peer_cold(venv: Path, arguments: tuple[str, ...], folder: Path, says: str) -> str:
    program = venv / "bin" / arguments[0]
    if not program.exists():
        return "not installed"
    return f"{cold([str(program), *arguments[1:]], folder, says)} ({_version(venv, arguments[0])})"


def otter_warm(venv: Path, folder: Path) -> str:
    python = venv / "bin" / "python"
    if not (venv / "bin" / "otter").exists():
        return "not installed"
    times = []
    with kernel(python, folder) as run:
        run("import otter, torch\ngrader = otter.Notebook()\n\ndef double(x):\n    return x * 2")
        for _ in range(CHECKS):
            time.sleep(PAUSE)
            one = run(timed('verdict = grader.check("double")') + "\nverdict")
            if "passed" not in one.shown:
                raise RuntimeError(f"grader.check said: {one.shown!r}")
            times.append(1000 * one.seconds)
    return f"{median(times):.0f} / {percentile_95(times):.0f} ms ({_version(venv, 'otter')})"


def _version(venv: Path, program: str) -> str:
    name = {"otter": "otter-grader"}.get(program, program)
    found = command([venv / "bin" / "python", "-c", f"import importlib.metadata as m; print(m.version('{name}'))"])
    return f"{name} {found.strip()}"
