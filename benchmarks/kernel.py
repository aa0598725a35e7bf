"""A notebook's kernel as a front end sees it: cells go in, what they showed and how long they took comes out.

``kernel(python, folder)`` starts a real ipykernel of any environment. A cell's ``seconds`` run from sending it until
the kernel has replied and is idle; ``inside`` is what the cell itself measured and left in the variable ``spent``.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

_PATIENCE = 120


@dataclass(frozen=True)
class Ran:
    """One executed cell."""

    seconds: float
    inside: float
    shown: str


@contextlib.contextmanager
def kernel(python: str | Path, folder: str | Path, **environment: str) -> Iterator[Callable[[str], Ran]]:
    """A fresh kernel of this Python in this folder; call what you get with the source of a cell."""
    with tempfile.TemporaryDirectory() as specs:
        name = Path(specs) / "bench"
        name.mkdir()
        argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "bench", "language": "python"}
        (name / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        finder = KernelSpecManager(kernel_dirs=[specs], ensure_native_kernel=False)
        manager = KernelManager(kernel_name="bench", kernel_spec_manager=finder)
        env = os.environ | {"OMP_NUM_THREADS": "1"} | environment
        manager.start_kernel(cwd=str(folder), env=env, stderr=subprocess.DEVNULL)
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=_PATIENCE)
            yield lambda source: _run(client, source)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def timed(source: str) -> str:
    """The cell with a clock around it, for ``inside``."""
    return f"import time\nbegun = time.perf_counter()\n{source}\nspent = time.perf_counter() - begun"


def _run(client: Any, source: str) -> Ran:
    shown: list[str] = []

    def collect(message: dict[str, Any]) -> None:
        content = message["content"]
        shown.append(content.get("text") or content.get("data", {}).get("text/plain") or content.get("evalue") or "")

    begun = perf_counter()
    reply = client.execute_interactive(
        source,
        output_hook=collect,
        user_expressions={"spent": "globals().get('spent', 0.0)"},
        timeout=_PATIENCE,
    )
    seconds = perf_counter() - begun
    text = "\n".join(filter(None, shown)).strip()
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"the cell failed: {text}")
    return Ran(seconds, float(reply["content"]["user_expressions"]["spent"]["data"]["text/plain"]), text)
