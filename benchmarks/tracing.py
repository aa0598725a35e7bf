"""What a trace costs: ``pb.trace`` of a forward pass against plain eager, its own floor and other tools.

Run ``python benchmarks/tracing.py``, where transformers is installed for the large networks, and the other tools for
the comparison. Watching is timed with and without making the record, which waits until somebody asks for it. (Not
``trace.py``: that would stand before Python's own ``trace``.)
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import torch

import pytorch_basics as pb
from floor import Floor
from models import HAVE_TRANSFORMERS, Workload, workloads
from other_tracers import forward
from paired import Task
from timing import Row, command, report
from tracers import EAGER, Table, html_row, listed, measured, memory_row, other_rows, time_row

COMMAND = "python benchmarks/tracing.py"
OURS, WITH_RECORD, FLOOR = "pb.trace", "pb.trace and its record", "the bare floor"
LIMITS = {"MLP20": 2.9, "ResNet-18": 1.2, "GPT-2": 1.25}
MOST_FLOORS, MOST_FIRST_MS = 1.3, 100
# Looking the verb up starts loading in the background; the learner goes on writing.
FIRST = """
import time, torch, pytorch_basics as pb
pb.trace
torch.set_num_threads(1)
model, x = torch.nn.Linear(2, 3), torch.ones(4, 2)
time.sleep(8)
for _ in range(2):
    begun = time.perf_counter()
    str(pb.trace(model, x))
    print(1000 * (time.perf_counter() - begun))
"""


def ours(work: Workload) -> Mapping[str, Task]:
    def floor() -> object:
        with Floor() as found:
            work.forward()
        return found

    return {
        EAGER: work.forward,
        OURS: lambda: pb.trace(work.model, *work.inputs),
        WITH_RECORD: lambda: _with_record(work),
        FLOOR: floor,
    }


def _with_record(work: Workload) -> object:
    traced = pb.trace(work.model, *work.inputs)
    return traced, traced.record


def against_floor(found: Table) -> Row:
    floor = found[FLOOR]
    times = {name: one.ratio / floor[name].ratio for name, one in found[OURS].items() if name in floor}
    within = max(times.values()) <= MOST_FLOORS
    return Row("`pb.trace` of a forward pass, time × its floor", listed(times), f"≤ {MOST_FLOORS}", within, COMMAND)


def html_of_resnet() -> Row:
    work = next(one for one in workloads() if one.name == "ResNet-50")
    record = pb.trace(work.model, *work.inputs).record
    return html_row("`pb.trace` of ResNet-50", lambda: record._repr_mimebundle_()["text/html"], COMMAND)


def first_call() -> Row:
    first, second = map(float, command([sys.executable, "-c", FIRST]).split())
    within = first - second <= MOST_FIRST_MS
    said, aim = f"{first - second:.0f} ms ({first:.0f} − {second:.0f})", f"≤ {MOST_FIRST_MS} ms"
    return Row("first `pb.trace` after the background preload, over the next", said, aim, within, COMMAND)


def rows() -> list[Row]:
    torch.set_num_threads(1)
    found = measured(ours, forward)
    return [
        time_row("`pb.trace` of a forward pass", found[OURS], LIMITS, COMMAND),
        against_floor(found),
        memory_row(f"`{WITH_RECORD}`", found[WITH_RECORD], COMMAND),
        time_row(f"`{WITH_RECORD}`", found[WITH_RECORD], {}, COMMAND),
        *([html_of_resnet()] if HAVE_TRANSFORMERS else []),
        first_call(),
        *other_rows(found, (OURS, WITH_RECORD), "forward pass", COMMAND),
    ]


if __name__ == "__main__":
    sys.exit(report(rows()))
