"""Reads a live ``nn.Module`` into a ``ModuleRecord``, with one forward pass where inputs are given; the only file here
that imports torch.

In goes a model and what to call it with. The pass is the model's own, in the mode (train or eval) that it is in, under
``no_grad``, and it leaves nothing behind: buffers are lent as copies, the random state is put back, a lazy model is
copied first, and hooks and modes are taken off whatever happens.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as modules
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import TorchDispatchMode

from pytorch_basics.instruments.module import structure
from pytorch_basics.instruments.module.record import (
    CallRecord,
    LayerRecord,
    ModuleRecord,
    ParameterRecord,
    Shape,
    StrayRecord,
)
from pytorch_basics.instruments.module.strays import Questions, strays
from pytorch_basics.instruments.trace.flops import FORMULAS, flops

LAZY = "lazy: the shapes are those that these inputs give; the model itself is as it was"


def capture(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> ModuleRecord:
    """The record of ``model``; with arguments, of one forward pass too."""
    record = _structure(model)
    if not (args or kwargs):
        return record
    seen = _Seen(model)
    error = _run(model, args, kwargs, seen)
    if error is None and seen.lazy:
        record = _structure(seen.model)  # shapes that the first forward pass decided
        record = replace(record, notes=(LAZY,))
    return replace(
        record,
        layers=tuple(seen.filled(record.layers)),
        strays=record.strays + tuple(seen.called_strays()),
        inputs=_captions((*args, *kwargs.values())),
        ran=True,
        error=error or "",
    )


def _structure(model: nn.Module) -> ModuleRecord:
    layers, _ = structure.layers(model)
    places = {layer.path: k for k, layer in enumerate(layers)}
    unsaved = _unsaved(model)

    def read(name: str, layer: int, tensor: torch.Tensor) -> ParameterRecord:
        lazy = is_lazy(tensor)
        shape = () if lazy else tuple(map(int, tensor.shape))
        nbytes = 0 if lazy else tensor.numel() * tensor.element_size()
        device, saved = str(tensor.device), name not in unsaved
        return ParameterRecord(
            *(name, layer, shape, _dtype(tensor), device, nbytes), tensor.requires_grad, None, lazy, saved
        )

    parameters = structure.tensors(model.named_parameters(remove_duplicate=False), places, read)
    buffers = structure.tensors(model.named_buffers(remove_duplicate=False), places, read)
    return ModuleRecord(tuple(layers), tuple(parameters), tuple(buffers), tuple(strays(model, _ASK)[0]))


def _unsaved(model: nn.Module) -> set[str]:
    """The buffers that ``state_dict()`` leaves out (``persistent=False``)."""
    return {
        f"{path}.{name}" if path else name
        for path, module in model.named_modules(remove_duplicate=False)
        for name in module._non_persistent_buffers_set
    }


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _is_layer(value: object) -> bool:
    return isinstance(value, nn.Module)


def _is_tensor(value: object) -> bool:
    return isinstance(value, torch.Tensor)


def _count(value: Any) -> int:
    tensors = value.parameters() if isinstance(value, nn.Module) else (value,)
    return sum(0 if is_lazy(t) else t.numel() for t in tensors)


_ASK = Questions(_is_layer, _is_tensor, _dtype, _count)


def _captions(values: Any) -> tuple[tuple[str, Shape], ...]:
    return tuple((_dtype(t), tuple(map(int, t.shape))) for t in _tensors(values))


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _tensors(part)
    elif isinstance(value, dict):  # what transformers models return is one
        for part in value.values():
            yield from _tensors(part)


def _run(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], seen: _Seen) -> str | None:
    """One forward pass under watch; what it raised, in words."""
    try:
        with torch.no_grad(), torch.random.fork_rng(), seen.watching():
            torch.func.functional_call(seen.model, seen.lent, args, kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


class _Seen(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch does not type this
    """What one forward pass did, by layer: the first call of each, how many, and the work in its own code."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the same
        self.lazy = any(is_lazy(t) for t in (*model.parameters(), *model.buffers()))
        self.model = copy.deepcopy(model) if self.lazy else model
        self.lent = {} if self.lazy else {name: buffer.clone() for name, buffer in self.model.named_buffers()}
        _, parts = structure.layers(self.model)
        self.at: dict[int, int] = {}
        for k, module in enumerate(parts):
            self.at.setdefault(id(module), k)
        self.running = [0]
        self.calls: dict[int, int] = {}
        self.first: dict[int, CallRecord] = {}
        self.work: dict[int, int] = {}
        self.strangers: dict[int, tuple[nn.Module, int]] = {}
        # Layers in plain lists are told as such, not once more when they are called.
        self.held = {id(part) for value in strays(self.model, _ASK)[1] if _is_layer(value) for part in value.modules()}
        self.owner = {
            id(tensor): k
            for k, module in enumerate(parts)
            for tensor in (*module._parameters.values(), *module._buffers.values())
            if tensor is not None
        }
        for name, tensor in self.lent.items():
            self.owner[id(tensor)] = self.owner[id(self.model.get_buffer(name))]
        self.touched: set[int] = set()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # True imports torch._dynamo at the first op: a second, for nothing here

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hooks and mode on, and off again."""
        handles = [
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, with_kwargs=True, always_call=True),
        ]
        try:
            with self:
                yield
        finally:
            for handle in handles:
                handle.remove()
                # PyTorch forgets that a global hook wanted keywords only when it is told.
                modules._global_forward_hooks_with_kwargs.pop(handle.id, None)

    def _enter(self, module: nn.Module, args: Any) -> None:
        at = self.at.get(id(module))
        if at is None:
            at = self.running[-1]
            if id(module) not in self.held:
                self.strangers[id(module)] = module, at  # kept alive: the next one must not get its id
                self.held |= {id(part) for part in module.modules()}
        self.running.append(at)

    def _leave(self, module: nn.Module, args: Any, *rest: Any) -> None:
        kwargs, out = rest if len(rest) == 2 else ({}, None)  # after an error PyTorch leaves the keywords out
        self.running.pop()
        at = self.at.get(id(module))
        if at is not None:
            self.calls[at] = self.calls.get(at, 0) + 1
            if at not in self.first:
                self.first[at] = CallRecord(_captions((*args, *kwargs.values())), _captions(out))

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for part in args:
            if id(part) in self.owner:
                self.touched.add(self.owner[id(part)])
        name = _counted(func)
        if name:
            self.work[self.running[-1]] = self.work.get(self.running[-1], 0) + _flops(name, args, out)
        return out

    def filled(self, layers: tuple[LayerRecord, ...]) -> Iterator[LayerRecord]:
        """The layers with what the pass told of each."""
        for k, layer in enumerate(layers):
            calls, work = self.calls.get(k, 0), self.work.get(k, 0)
            about = {"calls": calls, "call": self.first.get(k), "touched": k in self.touched}
            yield replace(layer, **about, macs=work // 2, flops=work)  # type: ignore[arg-type]  # each of its own type

    def called_strays(self) -> Iterator[StrayRecord]:
        """Layers with parameters that ran although nothing of the model holds them, each place and kind once."""
        layers, _ = structure.layers(self.model)
        told = set()
        for module, at in self.strangers.values():
            place = at, type(module).__name__
            if _count(module) and place not in told:
                told.add(place)
                owner, kind = layers[at], place[1]
                where, instead = f"in {owner.kind}.forward", f"self.{kind.lower()} = {kind}(…) in __init__"
                yield StrayRecord(owner.path, where, "called", kind, _count(module), instead)


@cache
def _counted(func: Any) -> str:
    """The name of an aten op whose work is counted, else empty."""
    name = f"aten.{func.overloadpacket.__name__}"
    return name if name in FORMULAS else ""


def _flops(name: str, args: Any, out: Any) -> int:
    ins, outs = ([tuple(tensor.shape) for tensor in _tensors(values)] for values in (args, out))
    return flops(name, ins, outs, (args[6],) if name == "aten.convolution" else ())


def is_model(value: object) -> bool:
    """Whether there is a model to summarise."""
    return isinstance(value, nn.Module)


def instead_of(value: object) -> str:
    """What to write in place of something that is not a model."""
    if isinstance(value, type) and issubclass(value, nn.Module):
        return f"pb.summary({value.__name__}(…)), an object of the class"
    if isinstance(value, torch.Tensor):
        return "pb.summary(model, x): the model first, then what to call it with"
    if isinstance(value, (list, tuple)) and any(map(is_model, value)):
        return "pb.summary(nn.Sequential(*layers))"
    if isinstance(value, torch.optim.Optimizer):
        return "pb.summary(model), where the model's parameters are what it changes"
    return "pb.summary(model), where model is an object of a class that inherits from nn.Module"
