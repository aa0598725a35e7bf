"""Times as ratios to plain eager: each run of a task is paired with an eager run right beside it, in one process.

In go tasks by name; out come the median ratio of each to eager, and the median of what it takes longer. CPU time of one
thread, and partners that are milliseconds apart: what else the machine does slows both alike.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter, process_time

Task = Callable[[], object]
Pair = tuple[float, float]  # a ratio, and extra milliseconds


def pairs(eager: Task, tasks: Mapping[str, Task], rounds: int, between: Task, calls: int = 1, patience: float = 60
          ) -> dict[str, Pair]:  # fmt: skip
    """Medians over ``rounds`` for each task; ``between`` runs before each call, off the clock.

    After ``patience`` seconds no other round is begun, but each task has one.
    """
    for task in (eager, *tasks.values()):  # the first call of each imports, compiles and caches
        between()
        task()
    ratios: dict[str, list[float]] = {name: [] for name in tasks}
    extra: dict[str, list[float]] = {name: [] for name in tasks}
    until = perf_counter() + patience
    for number in range(rounds):
        if number and perf_counter() > until:
            break
        for name, task in tasks.items():
            gc.collect()  # nobody pays for what another left behind
            first, second = (eager, task) if number % 2 else (task, eager)
            one, two = seconds(first, between, calls), seconds(second, between, calls)
            base, mine = (one, two) if number % 2 else (two, one)
            ratios[name].append(mine / base)
            extra[name].append(1000 * (mine - base))
    return {name: (median(ratios[name]), median(extra[name])) for name in tasks}


def seconds(task: Task, between: Task = lambda: None, calls: int = 1) -> float:
    """The CPU time of one call, the mean of ``calls``; what it returned is let go of off the clock."""
    total = 0.0
    for _ in range(calls):
        between()
        begun = process_time()
        kept = task()
        total += process_time() - begun
        del kept
    return total / calls
