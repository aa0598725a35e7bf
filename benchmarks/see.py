"""What a look costs: ``pb.see`` with its HTML, against ``repr`` (and lovely-tensors if installed).

Run ``OMP_NUM_THREADS=1 python benchmarks/see.py``. Prints medians of CPU time over interleaved runs on one
thread, and fails when a promise is broken: a big tensor within 3 × its ``repr``, a small one within 5 ms.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from statistics import median
from time import process_time

import torch

import pytorch_basics as pb

ROUNDS = 15


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


def main() -> int:
    torch.set_num_threads(1)
    big, small = torch.rand(64, 3, 224, 224), torch.arange(6.0).view(2, 3)
    tasks: dict[str, Callable[[], object]] = {
        "repr, big": lambda: repr(big),
        "pb.see + HTML, big": lambda: look(big),
        "pb.see, big": lambda: pb.see(big),
        "pb.see + HTML, small": lambda: look(small),
    }
    try:
        lovely_tensors = import_module("lovely_tensors")
        tasks["lovely-tensors, big"] = lambda: str(lovely_tensors.lovely(big))
    except ImportError:
        pass
    found = milliseconds(tasks)
    for name, taken in found.items():
        print(f"{name:<24}{taken:8.2f} ms")
    ratio, small_ms = found["pb.see + HTML, big"] / found["repr, big"], found["pb.see + HTML, small"]
    print(f"big: {ratio:.2f} × repr (promised ≤ 3); small: {small_ms:.2f} ms (promised ≤ 5)")
    print(f"HTML of the small one: {len(look(small).encode()) / 1000:.1f} KB")
    return int(ratio > 3 or small_ms > 5)


if __name__ == "__main__":
    sys.exit(main())
