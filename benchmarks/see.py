"""What a look costs: ``pb.see`` with its HTML, against ``repr`` (and lovely-tensors if installed).

Run ``python benchmarks/see.py``. Medians of CPU time over interleaved runs on one thread; a big
tensor is promised within 3 × its ``repr``, a small one within 5 ms.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from statistics import median
from time import process_time

import torch

import pytorch_basics as pb
from timing import Row, report

ROUNDS = 15
MOST_TIMES, MOST_MS = 3, 5
COMMAND = "python benchmarks/see.py"


def look(x: torch.Tensor) -> str:
    return pb.see(x)._repr_mimebundle_()["text/html"]


def milliseconds(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median time of each task, taken in turns so that a busy machine is unfair to none."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            start = process_time()
            task()
            times[name].append(1000 * (process_time() - start))
    return {name: median(taken) for name, taken in times.items()}


def rows() -> list[Row]:
    torch.set_num_threads(1)
    big, small = torch.rand(64, 3, 224, 224), torch.arange(6.0).view(2, 3)
    tasks: dict[str, Callable[[], object]] = {
        "repr": lambda: repr(big),
        "big": lambda: look(big),
        "capture": lambda: pb.see(big),
        "small": lambda: look(small),
    }
    try:
        lovely_tensors = import_module("lovely_tensors")
        tasks["lovely"] = lambda: str(lovely_tensors.lovely(big))
    except ImportError:
        pass
    found = milliseconds(tasks)
    ratio, shape = found["big"] / found["repr"], "(64, 3, 224, 224)"
    detail = f"{found['big']:.1f} ms, of which capture {found['capture']:.1f}; repr {found['repr']:.1f}"
    made = [
        Row(
            f"`pb.see` of {shape}, capture + HTML, against `repr`",
            f"{ratio:.2f} × ({detail})",
            f"≤ {MOST_TIMES} ×",
            ratio <= MOST_TIMES,
            COMMAND,
        ),
        Row(
            "`pb.see` of (2, 3), capture + HTML",
            f"{found['small']:.1f} ms, {len(look(small).encode()) / 1000:.0f} KB",
            f"≤ {MOST_MS} ms",
            found["small"] <= MOST_MS,
            COMMAND,
        ),
    ]
    if "lovely" in found:
        made.append(Row(f"lovely-tensors of {shape}", f"{found['lovely']:.0f} ms", command=COMMAND))
    return made


if __name__ == "__main__":
    sys.exit(report(rows()))
