"""Runs each program of ``tests/corpus/healthy_more`` twice, without the doctor and under it, in forks of one process.

In goes nothing; out comes, printed as JSON, what each program wrote and the random states that it left, both times.
Started as a process of its own, because one that has run anything in parallel must not be forked.
"""

from __future__ import annotations

import json
import os
import random
import runpy
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from corpus_runner import SECONDS, _wait, healthy_cases, warm_up


def run(path: Path, doctor: bool) -> dict[str, Any]:
    """One program in a fork, in an empty folder."""
    with tempfile.TemporaryDirectory(prefix="healthy_", ignore_cleanup_errors=True) as folder:
        program, seen = Path(folder, "program.py"), Path(folder, "seen.json")
        program.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                seen.write_text(json.dumps(_perform(program, doctor)), encoding="utf-8")
            finally:
                os._exit(0)
        died = _wait(child, time.perf_counter() + SECONDS)
        said = json.loads(seen.read_text(encoding="utf-8")) if seen.exists() else {"raised": died or "wrote nothing"}
        return {**said, "output": Path(folder, "output").read_text(encoding="utf-8", errors="replace")}


def _perform(program: Path, doctor: bool) -> dict[str, Any]:
    for number, name in ((1, "output"), (2, "errors")):
        os.dup2(os.open(program.with_name(name), os.O_WRONLY | os.O_CREAT), number)
    sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115 - to the end
    os.chdir(program.parent)
    sys.argv = [str(program)]
    random.seed(0)  # a fork draws a new seed
    said = _doctored(str(program)) if doctor else _plain(str(program))
    sys.stdout.flush()
    import torch

    return said | {"random": [random.random(), *torch.get_rng_state().tolist()]}


def _plain(program: str) -> dict[str, Any]:
    try:
        runpy.run_path(program, run_name="__main__")
    except Exception as error:
        return {"raised": repr(error)}
    return {"raised": None}


def _doctored(program: str) -> dict[str, Any]:
    from pytorch_basics.doctor.finding import Report
    from pytorch_basics.doctor.script import Script

    reports: list[Report] = []
    Script(program, [], lambda report: reports.append(report) or 0).run()
    return {"raised": reports[0].raised}


if __name__ == "__main__":
    warm_up()
    print(
        json.dumps({path.stem: [run(path, False), run(path, True)] for path in (case.path for case in healthy_cases())})
    )
