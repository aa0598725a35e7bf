"""What a watched backward pass costs: ``pb.graph(loss).backward()`` after a forward pass, against plain eager.

Run ``python benchmarks/graph.py``, where transformers is installed for the large networks, and the other tools for the
comparison. Each run is a forward and a backward pass: alone, with ``pb.graph``, with a trace as well, over the bare
walk and hooks, and under other tools.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import torch

import pytorch_basics as pb
from floor import Floor, bare_graph
from models import HAVE_TRANSFORMERS, REAL, Workload, workloads
from other_tracers import backward
from paired import Task
from pytorch_basics.instruments.graph import Graph
from timing import Row, report
from tracers import EAGER, Table, html_row, measured, memory_row, other_rows, time_row

COMMAND = "python benchmarks/graph.py"
OURS, WITH_RECORD, WITH_TRACE = "pb.graph", "pb.graph and its record", "pb.graph with a trace"
FLOOR, BOTH_FLOORS = "the bare walk and hooks", "both bare floors"
LIMITS = dict.fromkeys(REAL, 1.3)
MOST_EXTRA_MS = 1


def ours(work: Workload) -> Mapping[str, Task]:
    def eager() -> object:
        loss = work.loss()
        loss.backward()
        return loss

    def graph() -> Graph:
        watched = pb.graph(work.loss())
        watched.backward()
        return watched

    def with_record() -> object:
        watched = graph()
        return watched, watched.record

    def traced() -> object:
        with pb.tracing() as seen:
            loss = work.loss()
        watched = pb.graph(loss, trace=seen)
        watched.backward()
        return watched

    def floors() -> object:
        with Floor() as seen:
            loss = work.loss()
        return seen, bare_graph(loss)

    return {
        EAGER: eager,
        OURS: graph,
        WITH_RECORD: with_record,
        WITH_TRACE: traced,
        FLOOR: lambda: bare_graph(work.loss()),
        BOTH_FLOORS: floors,
    }


def extra_on_xor(found: Table) -> Row:
    extra = found[OURS]["XOR"].extra_ms
    return Row(
        "`pb.graph` on XOR, extra time", f"{extra:.2f} ms", f"≤ {MOST_EXTRA_MS} ms", extra <= MOST_EXTRA_MS, COMMAND
    )


def html_of_resnet() -> Row:
    work = next(one for one in workloads() if one.name == "ResNet-50")
    watched = pb.graph(work.loss())
    watched.backward()
    return html_row("`pb.graph` of ResNet-50", lambda: watched._repr_mimebundle_()["text/html"], COMMAND)


def rows() -> list[Row]:
    torch.set_num_threads(1)
    found, what = measured(ours, backward), "forward and backward"
    return [
        time_row(f"`pb.graph`, {what} with gradients", found[OURS], LIMITS, COMMAND),
        extra_on_xor(found),
        memory_row(f"`{WITH_RECORD}`, {what}", found[WITH_RECORD], COMMAND),
        time_row(f"`{WITH_RECORD}`, {what}", found[WITH_RECORD], {}, COMMAND),
        *([html_of_resnet()] if HAVE_TRANSFORMERS else []),
        *other_rows(found, (OURS, WITH_RECORD), what, COMMAND),
    ]


if __name__ == "__main__":
    sys.exit(report(rows()))
