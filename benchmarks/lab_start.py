"""How long a learner waits for the course: ``make lab`` in a checkout where it ran before, to the first page served.

Run ``python benchmarks/lab_start.py``. The first start (which may install, and makes the folder) is not counted; each
later one is polled until JupyterLab's own page (not its login) comes back, and then stopped with all it started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from timing import ROOT, Row, report

ROUNDS = 5
MOST_SECONDS = 6
_FIRST, _LATER, _POLL = 900.0, 60.0, 0.02
_TOKEN = "benchmark"
COMMAND = "python benchmarks/lab_start.py"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def lab(port: int, folder: str) -> Iterator[subprocess.Popen[bytes]]:
    """``make lab`` in a process group of its own, ended with all it started."""
    order = ["make", "lab", f"PORT={port}", "BROWSER=none", f"FOLDER={folder}"]
    env = os.environ | {"JUPYTER_TOKEN": _TOKEN}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(order, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_for_page(process: subprocess.Popen[bytes], port: int, patience: float) -> None:
    """Return as soon as JupyterLab's page is served."""
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(URLError, ConnectionError, TimeoutError):
            page = urlopen(f"http://127.0.0.1:{port}/lab?token={_TOKEN}", timeout=patience)
            if b"jupyter-config-data" in page.read():
                return
        time.sleep(_POLL)
    raise RuntimeError(f"make lab served no page within {patience:.0f} s (its exit status: {process.poll()})")


def start(folder: str, patience: float) -> float:
    """Seconds from the command to the page."""
    port = free_port()
    begun = time.perf_counter()
    with lab(port, folder) as process:
        wait_for_page(process, port, patience)
        return time.perf_counter() - begun


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        start(folder, _FIRST)
        taken = [start(folder, _LATER) for _ in range(ROUNDS)]
    measured = f"{median(taken):.1f} s ({min(taken):.1f} to {max(taken):.1f})"
    aim, kept = f"≤ {MOST_SECONDS} s", median(taken) <= MOST_SECONDS
    return [Row("second `make lab` to the first page served", measured, aim, kept, COMMAND)]


if __name__ == "__main__":
    sys.exit(report(rows()))
