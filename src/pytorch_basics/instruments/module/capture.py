"""Reads a live ``nn.Module`` into a ``ModuleRecord``, with one forward pass where inputs are given; imports torch.

In goes a model and what to call it with. The model is walked once, and everything is read from that walk. The pass is
the model's own, in the mode (train or eval) that it is in, under ``no_grad``, and leaves nothing behind
(``forward/capture.py``); a lazy model is copied first.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import UninitializedBuffer, is_lazy

from pytorch_basics.instruments.module import structure
from pytorch_basics.instruments.module.forward.capture import Pass, Sketch, sketch
from pytorch_basics.instruments.module.record import (
    CallRecord,
    LayerRecord,
    ModuleRecord,
    ParameterRecord,
    Shape,
    StrayRecord,
)
from pytorch_basics.instruments.module.strays import Questions, strays
from pytorch_basics.instruments.module.structure import Facts
from pytorch_basics.instruments.module.tree import Tree, walk

LAZY = "lazy: the shapes are those that these inputs give; the model itself is as it was"
Registered = tuple[list[Facts], tuple[ParameterRecord, ...], tuple[ParameterRecord, ...]]


def capture(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> ModuleRecord:
    """The record of ``model``; with arguments, of one forward pass too."""
    tree = walk(model)
    if not (args or kwargs):
        return _without_inputs(tree)
    lazy = any(is_lazy(tensor) for kind in ("_parameters", "_buffers") for _, _, tensor in tree.held(kind))
    if lazy:
        tree = walk(_copied(model, tree))
    registered = _registered(tree)
    astray, values = strays(tree, _ASK)
    seen = Pass(tree, filter(_is_layer, values), lazy)
    error = seen.run(args, kwargs)
    if lazy and not error:
        registered = _registered(tree)  # shapes that the first forward pass decided
        astray, _ = strays(tree, _ASK)
    layers, parameters, buffers = registered
    return ModuleRecord(
        *(tuple(_filled(layers, seen)), parameters, buffers, (*astray, *_called_strays(layers, seen))),
        inputs=_captions(sketch((*args, *kwargs.values()))),
        ran=True,
        error=error,
        notes=(LAZY,) if lazy and not error else (),
    )


def _copied(model: nn.Module, tree: Tree) -> nn.Module:
    """A copy of a lazy model. PyTorch cannot copy a lazy buffer, so each gets a new one in its stead."""
    lazy = [tensor for _, _, tensor in tree.held("_buffers") if is_lazy(tensor)]
    stand_in = {id(old): UninitializedBuffer(device=old.device, dtype=old.dtype) for old in lazy}  # type: ignore[call-arg]  # it takes them by __new__
    return copy.deepcopy(model, stand_in)


def _without_inputs(tree: Tree) -> ModuleRecord:
    layers, parameters, buffers = _registered(tree)
    return ModuleRecord(
        tuple(LayerRecord(*facts) for facts in layers), parameters, buffers, tuple(strays(tree, _ASK)[0])
    )


def _registered(tree: Tree) -> Registered:
    def read(name: str, layer: int, tensor: torch.Tensor, same_as: int | None) -> ParameterRecord:
        module, own = tree.modules[layer], name.rpartition(".")[2]
        # ``state_dict()`` leaves out what is registered with persistent=False
        saved = own not in module._non_persistent_buffers_set
        about = _dtype(tensor), _device(tensor.device)
        if is_lazy(tensor):
            return ParameterRecord(name, layer, (), *about, 0, tensor.requires_grad, same_as, True, saved)
        shape, nbytes = tuple(map(int, tensor.shape)), tensor.nbytes
        return ParameterRecord(name, layer, shape, *about, nbytes, tensor.requires_grad, same_as, False, saved)

    parameters = structure.tensors(tree.held("_parameters"), read)
    return structure.layers(tree), parameters, structure.tensors(tree.held("_buffers"), read)


def _filled(layers: list[Facts], seen: Pass) -> Iterator[LayerRecord]:
    """The layers with what the pass told of each."""
    touched = seen.touched()
    for k, facts in enumerate(layers):
        work, first = seen.work.get(k, 0), seen.first.get(k)
        call = CallRecord(_captions(first[0]), _captions(first[1])) if first else None
        yield LayerRecord(*facts, seen.calls.get(k, 0), call, k in touched, work // 2, work)


def _called_strays(layers: list[Facts], seen: Pass) -> Iterator[StrayRecord]:
    """Layers with parameters that ran although nothing of the model holds them, each place and kind once."""
    told = set()
    for module, at in seen.strangers.values():
        place = at, type(module).__name__
        if _count(module) and place not in told:
            told.add(place)
            owner, kind = layers[at], place[1]
            where, instead = f"in {owner.kind}.forward", f"self.{kind.lower()} = {kind}(…) in __init__"
            yield StrayRecord(owner.path, where, "called", kind, _count(module), instead)


@lru_cache(1024)  # what comes out of one layer goes into the next
def _captions(found: Sketch) -> tuple[tuple[str, Shape], ...]:
    return tuple([(_dtype_name(dtype), tuple(map(int, shape))) for dtype, shape in found])


@cache
def _dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


@cache
def _device(device: torch.device) -> str:
    return str(device)


def _dtype(tensor: torch.Tensor) -> str:
    return _dtype_name(tensor.dtype)


def _is_layer(value: object) -> bool:
    return isinstance(value, nn.Module)


def _is_tensor(value: object) -> bool:
    return isinstance(value, torch.Tensor)


def _count(value: Any) -> int:
    tensors = value.parameters() if isinstance(value, nn.Module) else (value,)
    return sum(0 if is_lazy(t) else t.numel() for t in tensors)


_ASK = Questions(_is_layer, _is_tensor, _dtype, _count, frozenset(vars(nn.Module())))


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
