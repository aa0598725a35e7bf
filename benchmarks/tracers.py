"""What ``tracing.py`` and ``graph.py`` share: ways to watch a run, each measured on every network against plain eager.

In goes a function from a workload to its tasks by name; out come ``Found``s by way and network, and rows made of them.
Times are medians of paired ratios in one process for each network: ours and the floor share one, each other tool has
its own, because some leave PyTorch's functions wrapped. Each peak of memory has a process, too. A tool that fails
somewhere is left out there and said on stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import torch

from apart import Failed, apart, peak
from models import HAVE_TRANSFORMERS, REAL, Workload, workloads
from other_tracers import called, missing
from paired import Pair, Task, pairs, seconds
from timing import Row

EAGER = "eager"
ROUNDS, PATIENCE = 21, 8.0
OTHERS_ROUNDS, OTHERS_PATIENCE = 5, 1.0
MOST_MEMORY, MOST_KB, MOST_RENDER_MS = 1.1, 200, 150
Ways = Callable[[Workload], Mapping[str, Task]]


@dataclass(frozen=True)
class Found:
    """A way on one network: time over eager's, extra milliseconds; peak memory over eager's, None if not measured."""

    ratio: float
    extra_ms: float
    memory: float | None = None


Table = dict[str, dict[str, Found]]


def measured(ours: Ways, others: Ways) -> Table:
    """By way, then by network. ``ours`` has the eager run among its tasks."""
    torch.set_num_threads(1)
    import_module("torch._dynamo")  # DebugMode needs it: once here, not in each child
    found: Table = {}
    works = tuple(workloads())
    for work in works:
        print(f"  {work.name} …", file=sys.stderr)
        tasks, alone = dict(ours(work)), others(work)
        eager, small = tasks.pop(EAGER), {**ours(works[0]), **others(works[0])}
        base = _tried(lambda e=eager: peak(e, (e,))) if work.name in REAL else None
        times = _times(work, eager, tasks, ROUNDS, PATIENCE)
        for name, task in alone.items():
            times |= _times(work, eager, {name: task}, OTHERS_ROUNDS, OTHERS_PATIENCE)
        for name, pair in times.items():
            task = {**tasks, **alone}[name]
            most = base and _tried(lambda t=task, w=(small[name], eager): peak(t, w))
            found.setdefault(name, {})[work.name] = Found(*pair, most / base if most and base else None)
    return found


def _times(work: Workload, eager: Task, tasks: Mapping[str, Task], rounds: int, patience: float) -> dict[str, Pair]:
    said = f"{', '.join(tasks)} on {work.name}"
    found = _tried(lambda: pairs(eager, tasks, rounds, work.forget_gradients, work.calls, patience), said) or {}
    return {name: (ratio, extra) for name, (ratio, extra) in found.items()}


def _tried(task: Callable[[], Any], what: str = "a peak of memory") -> Any:
    try:
        return apart(task)
    except Failed as why:
        print(f"left out: {what}: {why}", file=sys.stderr)
        return None


def listed(ratios: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {ratio:.2f}" if ratio < 10 else f"{name} {ratio:.0f}" for name, ratio in ratios.items())


def time_row(what: str, found: Mapping[str, Found], limits: Mapping[str, float], command: str) -> Row:
    """A way's time over eager's on each network; the promise is kept where no limit is passed."""
    times = {name: one.ratio for name, one in found.items()}
    aim = ", ".join(f"{name} ≤ {most}" for name, most in limits.items() if name in times)
    within = all(times[name] <= most for name, most in limits.items() if name in times) if aim else None
    return Row(f"{what}, time × eager", listed(times), aim, within, command)


def memory_row(what: str, found: Mapping[str, Found], command: str, promised: bool = True) -> Row:
    """A way's peak memory over eager's on the large networks."""
    peaks = {name: one.memory for name, one in found.items() if one.memory is not None}
    within = max(peaks.values()) <= MOST_MEMORY if peaks and promised else None
    said = listed(peaks) or "not measured"
    return Row(f"{what}, peak memory × eager", said, f"≤ {MOST_MEMORY}" if promised else "", within, command)


def html_row(what: str, show: Callable[[], str], command: str) -> Row:
    """The HTML of one record: its size, and the median time to make it."""
    show()
    spent = sorted(1000 * seconds(show) for _ in range(5))[2]
    size = len(show().encode()) / 1000
    aim, within = f"≤ {MOST_KB} KB, ≤ {MOST_RENDER_MS} ms", size <= MOST_KB and spent <= MOST_RENDER_MS
    return Row(f"HTML of {what}", f"{size:.0f} KB, made in {spent:.0f} ms", aim, within, command)


def other_rows(found: Table, ours: tuple[str, ...], what: str, command: str) -> list[Row]:
    """A row of time and one of memory for each other way, and one for each that is not installed."""
    made = []
    for name, mine in found.items():
        if name not in ours:
            under = f"{what} under {called(name)}"
            made.append(time_row(under, mine, {}, command))
            if any(one.memory is not None for one in mine.values()):
                made.append(memory_row(under, mine, command, promised=False))
    absent = [*missing(), *(() if HAVE_TRANSFORMERS else ("transformers (so no large networks)",))]
    return made + [Row(f"{what}: {name}", "not installed", command=command) for name in absent]
