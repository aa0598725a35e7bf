"""What a checkup costs: training steps with ``pb.checkup`` beside the bare loop, and what ``doctor`` adds to a script.

Run ``python benchmarks/checkup.py``, where transformers is installed for ResNet-18, torch-audit and traincheck to
stand beside it. A step is forward, backward and SGD. A few steps at the beginning, and ever fewer later, are watched in
full; they, the steps between, and a run of 1,000 steps with its report are timed apart. The floor of a watched step is
a function mode that does nothing.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time

import torch
from torch.overrides import TorchFunctionMode

import other_doctors
from apart import apart, peak
from models import Workload, workloads
from pytorch_basics.doctor.observe import Observation
from timing import Row, command, report
from tracers import listed

COMMAND = "python benchmarks/checkup.py"
NAMES = ("XOR", "MLP20", "ResNet-18")
FULL, BETWEEN, LONG = {"MLP20": 2.5, "ResNet-18": 1.15}, 1.02, 1.05
MOST_MEMORY, MOST_SECONDS = 1.1, 1.0
FIRST, WARM, STEPS = 8, 20, 1000
SCRIPT = """
import torch
from torch import nn
torch.set_num_threads(1)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters())
x = torch.randn(64, 8)
for _ in range(200):
    optimizer.zero_grad()
    (model(x) - x.sum(1, keepdim=True)).square().mean().backward()
    optimizer.step()
"""


class Nothing(TorchFunctionMode):
    """A mode that only passes on: no watching through modes can cost less."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def stepper(work: Workload) -> Callable[[], None]:
    """One training step."""
    optimizer = torch.optim.SGD(work.model.parameters(), lr=1e-4)

    def step() -> None:
        optimizer.zero_grad()
        work.loss().backward()
        optimizer.step()

    return step


def each(step: Callable[[], None], count: int) -> list[float]:
    """The CPU time of each of ``count`` steps."""
    times = []
    for _ in range(count):
        begun = process_time()
        step()
        times.append(process_time() - begun)
    return times


def first_steps(step: Callable[[], None]) -> float:
    """The median of the first steps of a checkup, without its beginning and its end."""
    observation = Observation()
    observation.begin()
    times = each(step, FIRST)
    observation.end()
    return median(times)


def under_floor(step: Callable[[], None]) -> float:
    with Nothing():
        return median(each(step, FIRST))


def steps_between(step: Callable[[], None], count: int) -> float:
    """The median of those steps of a long checkup in which no mode of ours stands."""
    observation = Observation()
    observation.begin()
    each(step, WARM)
    times = []
    while len(times) < count:
        bare = torch._C._len_torch_function_stack() == 0
        taken = each(step, 1)
        times += taken if bare else []
    observation.end()
    return median(times)


def ratio(measure: Callable[[], float], bare: Callable[[], float], rounds: int) -> float:
    """The median ratio of runs that stand right beside each other, in turns one or the other first."""
    found = []
    for number in range(rounds):
        gc.collect()
        base = 0.0 if number % 2 else bare()
        mine = measure()
        found.append(mine / (base or bare()))
    return median(found)


def whole(step: Callable[[], None]) -> float:
    """1,000 steps under a checkup, its report included."""
    begun = process_time()
    observation = Observation()
    observation.begin()
    for _ in range(STEPS):
        step()
    observation.end()
    observation.report()
    return process_time() - begun


def times(work: Workload) -> dict[str, float]:
    """Ratios to the bare loop of one network."""
    step, rounds = stepper(work), 3 if work.large else 9
    each(step, FIRST), first_steps(step)  # imports and caches
    found = {
        "full": ratio(lambda: first_steps(step), lambda: median(each(step, FIRST)), rounds),
        "floor": ratio(lambda: under_floor(step), lambda: median(each(step, FIRST)), rounds),
        "between": ratio(lambda: steps_between(step, 10), lambda: median(each(step, 10)), rounds),
    }
    if not work.large:
        whole(step)
        found["long"] = ratio(lambda: whole(step), lambda: sum(each(step, STEPS)), 3)
    return found


def memory(work: Workload) -> float:
    """The peak of the first steps under a checkup, over that of as many bare ones."""
    step = stepper(work)
    bare = apart(lambda: peak(lambda: each(step, FIRST), (step,)))
    watched = apart(lambda: peak(lambda: first_steps(step), (lambda: first_steps(step),)))
    return float(watched / bare)


def rows() -> list[Row]:
    torch.set_num_threads(1)
    import_module("torch._dynamo")  # the first optimizer loads it: once here, not in each child
    works = [work for work in workloads() if work.name in NAMES]
    # In children: autograd refuses to run in a process forked after a backward pass, so this one runs none.
    found = {work.name: apart(lambda work=work: times(work)) for work in works}
    peaks = {work.name: memory(work) for work in works if work.large}
    return [
        time_row("a training step watched in full by `pb.checkup`", found, "full", FULL),
        time_row("the same under a function mode that does nothing", found, "floor", {}),
        time_row("a step between", found, "between", dict.fromkeys(NAMES, BETWEEN)),
        time_row(f"{STEPS:,} steps with the report", found, "long", {"MLP20": LONG}),
        Row("`pb.checkup`, peak memory × bare", listed(peaks) or "not measured", f"≤ {MOST_MEMORY}",
            max(peaks.values()) <= MOST_MEMORY if peaks else None, COMMAND),
        added_to_a_script(),
        *other_doctors.beside(COMMAND),
    ]  # fmt: skip


def time_row(what: str, found: dict[str, dict[str, float]], which: str, limits: dict[str, float]) -> Row:
    """One kind of step on all networks that it was measured on."""
    ratios = {name: one[which] for name, one in found.items() if which in one}
    aim = ", ".join(f"{name} ≤ {limit}" for name, limit in limits.items() if name in ratios)
    kept = all(ratios[name] <= limit for name, limit in limits.items() if name in ratios) if aim else None
    return Row(f"{what}, time × bare", listed(ratios), aim, kept, COMMAND)


def of_child(arguments: list[str | Path]) -> float:
    """The CPU time of a command, its start included."""
    before = os.times()
    command(arguments)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def added_to_a_script() -> Row:
    """``doctor`` over plain Python on one script, started in turns; CPU time, as all here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.py"
        path.write_text(SCRIPT, encoding="utf-8")
        plain = [sys.executable, path]
        doctor = [sys.executable, "-m", "pytorch_basics", "doctor", path]
        command(plain), command(doctor)
        pairs = [(of_child(plain), of_child(doctor)) for _ in range(7)]
    extra, bare = median(b - a for a, b in pairs), median(a for a, _ in pairs)
    said = f"{extra:.2f} s over {bare:.2f} s"
    return Row(
        "`pytorch-basics doctor` over plain Python", said, f"≤ {MOST_SECONDS:.0f} s", extra <= MOST_SECONDS, COMMAND
    )


if __name__ == "__main__":
    sys.exit(report(rows()))
