"""What ``pb.summary`` with inputs costs: against a plain forward pass, and torchinfo beside it where it is installed.

Run ``python benchmarks/summary.py``, where transformers is installed for ResNet-18. The whole verb is on the clock: the
forward pass it runs, and the record it makes of it.
"""

from __future__ import annotations

import sys
from importlib import import_module

import torch

import pytorch_basics as pb
from models import Workload, workloads
from paired import Pair, Task, pairs
from timing import Row, report

COMMAND = "python benchmarks/summary.py"
LIMITS = {"MLP20": 3.0, "ResNet-18": 1.1}
ROUNDS = 9


def tasks(work: Workload) -> dict[str, Task]:
    found: dict[str, Task] = {"pb.summary": lambda: pb.summary(work.model, *work.inputs)}
    try:
        torchinfo = import_module("torchinfo")
        found["torchinfo"] = lambda: torchinfo.summary(work.model, input_data=work.inputs, verbose=0)
    except ImportError:
        pass
    return found


def measured(work: Workload) -> dict[str, Pair]:
    def eager() -> object:
        with torch.no_grad():
            return work.forward()

    return pairs(eager, tasks(work), ROUNDS, lambda: None, work.calls)


def rows() -> list[Row]:
    torch.set_num_threads(1)
    made = []
    for work in workloads():
        if work.name in LIMITS:
            for name, (ratio, _) in measured(work).items():
                limit, ours = LIMITS[work.name], name == "pb.summary"
                made.append(
                    Row(
                        f"`{name}` of {work.name} with its input, against a plain forward pass",
                        f"{ratio:.2f} ×",
                        f"≤ {limit:g} ×" if ours else "",
                        ratio <= limit if ours else None,
                        COMMAND,
                    )
                )
    return made


if __name__ == "__main__":
    sys.exit(report(rows()))
