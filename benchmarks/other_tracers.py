"""Other ways to look at the same run: TorchLens, torchview, torchviz, torchinfo, torch's own DebugMode and profiler.

In goes a workload; out come tasks by name, those of the packages that are installed: each runs the model and records
what that tool is for. What the times buy differs: torchinfo keeps a table of modules, torchview one of calls, torchviz
the graph after the run, the profiler times; TorchLens keeps a copy of every value.
"""

from __future__ import annotations

import logging
import warnings
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from torch.utils._debug_mode import DebugMode

from models import Workload
from paired import Task

PACKAGES = ("torchlens", "torchview", "torchviz", "torchinfo")
NO_GRAD = ("torchview", "torchinfo")  # these run the model under torch.no_grad(), which keeps no activations


def missing() -> tuple[str, ...]:
    return tuple(name for name in PACKAGES if find_spec(name) is None)


def called(name: str) -> str:
    """A tool's name and version, and whether it runs the model without gradients."""
    numbered = f"{name} {version(name)}" if name in PACKAGES else name
    return f"{numbered} (no_grad)" if name in NO_GRAD else numbered


def forward(work: Workload) -> dict[str, Task]:
    """One forward pass under each tool."""
    model, inputs = work.model, work.inputs

    def torchlens() -> object:
        return import_module("torchlens").trace(model, list(inputs))

    def torchview() -> object:
        return import_module("torchview").draw_graph(model, input_data=inputs, mode="eval", device="cpu", depth=99)

    def torchviz() -> object:
        return import_module("torchviz").make_dot(work.forward(), dict(model.named_parameters()))

    def torchinfo() -> object:
        return import_module("torchinfo").summary(model, input_data=inputs, mode="eval", device="cpu", verbose=0)

    def debug_mode() -> object:
        with DebugMode(record_torchfunction=True, record_stack_trace=True, record_ids=True) as seen:
            work.forward()
        return seen

    def profiler() -> object:
        with _profile() as seen:
            work.forward()
        return seen

    found = {"torchlens": torchlens, "torchview": torchview, "torchviz": torchviz, "torchinfo": torchinfo}
    return _quiet(found) | {"DebugMode": debug_mode, "profiler": profiler}


def backward(work: Workload) -> dict[str, Task]:
    """A forward and a backward pass under each tool that looks at gradients, or at the graph."""
    model, inputs = work.model, work.inputs

    def torchlens() -> object:
        lens = import_module("torchlens")
        traced = lens.trace(model, list(inputs), capture=lens.options.CaptureOptions(save_grads=True))
        traced.log_backward(work.loss_of(traced[traced.output_layers[0]].out))
        return traced

    def torchviz() -> object:
        loss = work.loss()
        drawn = import_module("torchviz").make_dot(loss, dict(model.named_parameters()))
        loss.backward()
        return drawn

    def debug_mode() -> object:
        with DebugMode(record_torchfunction=True, record_stack_trace=True, record_ids=True) as seen:
            work.loss().backward()
        return seen

    def profiler() -> object:
        with _profile() as seen:
            work.loss().backward()
        return seen

    found = {"torchlens": torchlens, "torchviz": torchviz}
    return _quiet(found) | {"DebugMode": debug_mode, "profiler": profiler}


def _profile() -> Any:
    from torch.profiler import ProfilerActivity, profile

    return profile(activities=[ProfilerActivity.CPU], record_shapes=True, profile_memory=True, with_stack=True)


def _quiet(tasks: dict[str, Task]) -> dict[str, Task]:
    """The tasks of the packages that are here, without what they say."""
    logging.disable(logging.WARNING)
    return {name: _without_warnings(task) for name, task in tasks.items() if find_spec(name)}


def _without_warnings(task: Task) -> Task:
    def run() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return task()

    return run
