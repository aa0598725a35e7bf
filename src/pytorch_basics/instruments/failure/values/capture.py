"""Describe any object without running code of the learner's: its kind, shape, dtype, a few numbers.

In goes an object found in a frame; out comes a ``Value``. Attributes are read with ``vars`` and through PyTorch's own
tables only, so no property, ``__getattr__`` or ``__repr__`` of an unknown class runs.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from math import isfinite
from typing import Any

import numpy
import torch
from torch import nn

from pytorch_basics.instruments.failure.record import Plain, Value
from pytorch_basics.instruments.failure.values.named import named_as

MOST_READ = 1_000_000  # statistics of a larger tensor would take longer than the learner's line
MOST_ITEMS = 8
_PLAIN = (bool, int, float, str, type(None))
_PRIVATE = ("training", "dump_patches", "call_super_init")


def is_tensor(thing: object) -> bool:
    """Whether it is a tensor."""
    return isinstance(thing, torch.Tensor)


def is_module(thing: object) -> bool:
    """Whether it is a module, set up or not."""
    return issubclass(type(thing), nn.Module)


def is_module_class(kind: type) -> bool:
    """Whether it is a class of modules."""
    return issubclass(kind, nn.Module)


def is_sequence_of_layers(thing: object) -> bool:
    """Whether its children run one after the other, and nothing else does."""
    return type(thing) is nn.Sequential


def describe(thing: object, depth: int = 2) -> Value:
    """``thing`` as plain data; parts of it to ``depth``."""
    try:
        return _describe(thing, depth)
    except Exception:  # a broken or exotic object is still an object
        return Value("object", type(thing).__name__)


def _describe(thing: Any, depth: int) -> Value:
    if isinstance(thing, torch.Tensor):
        return _tensor(thing)
    if is_module(thing):
        return _module(thing, depth)
    if isinstance(thing, numpy.ndarray | numpy.generic):
        return _array(thing)
    if isinstance(thing, torch.optim.Optimizer):
        return Value("optimizer", named_as(type(thing)))
    if type(thing) in _PLAIN:
        return Value(_kind_of_plain(thing), type(thing).__name__, plain=_short(thing))
    if isinstance(thing, list | tuple | dict):
        return _container(thing, depth)
    return _other(thing)


def _kind_of_plain(thing: object) -> str:
    return "none" if thing is None else "text" if isinstance(thing, str) else "number"


def _short(thing: Any) -> Plain:
    return thing[:200] if isinstance(thing, str) else thing


def _tensor(tensor: torch.Tensor) -> Value:
    low, high, distinct, whole = _numbers(tensor)
    leaf = tensor.is_leaf
    return Value(
        kind="tensor",
        type=type(tensor).__name__,
        shape=tuple(int(size) for size in tensor.shape),
        dtype=str(tensor.dtype).removeprefix("torch."),
        device=str(tensor.device),
        requires_grad=tensor.requires_grad,
        leaf=leaf,
        grad_fn=type(tensor.grad_fn).__name__ if tensor.grad_fn is not None else "",
        contiguous=tensor.layout is torch.strided and tensor.is_contiguous(),
        grad=leaf and tensor.requires_grad and tensor.grad is not None,
        inference=tensor.is_inference(),
        low=low,
        high=high,
        distinct=distinct,
        whole=whole,
    )


def _numbers(tensor: torch.Tensor) -> tuple[float | None, float | None, int | None, bool]:
    """Smallest, largest, how many different, all whole; nothing of what has no numbers to read cheaply."""
    readable = tensor.device.type == "cpu" and tensor.layout is torch.strided and not tensor.is_complex()
    if not readable or tensor.is_quantized or not 0 < tensor.numel() <= MOST_READ or _wrapped(tensor):
        return None, None, None, False
    with torch.no_grad(), torch._C.DisableTorchFunction():
        flat = tensor.detach().to(torch.float64).flatten()
        low, high = flat.min().item(), flat.max().item()
        whole = isfinite(low) and isfinite(high) and bool((flat == flat.floor()).all())
        distinct = len(torch.unique(flat)) if whole and tensor.numel() <= MOST_READ // 10 else None
    return _finite(low), _finite(high), distinct, whole


def _wrapped(tensor: torch.Tensor) -> bool:
    # A tensor inside vmap, grad or a fake mode has no numbers of its own.
    return torch._C._functorch.is_functorch_wrapped_tensor(tensor) or type(tensor).__name__ == "FakeTensor"


def _finite(number: float) -> float:
    return float(number)


def _array(array: Any) -> Value:
    low = high = None
    if array.dtype.kind in "iufb" and 0 < array.size <= MOST_READ and type(array).__module__ == "numpy":
        low, high = float(array.min()), float(array.max())
    plain = float(array) if array.ndim == 0 and array.dtype.kind in "iufb" else None
    return Value(
        "array", f"numpy.{type(array).__name__}", tuple(array.shape), str(array.dtype), low=low, high=high, plain=plain
    )


def _module(module: Any, depth: int) -> Value:
    own = dict(vars(module))
    tensors = {**own.get("_parameters", {}), **own.get("_buffers", {})}
    items = tuple((name, _tensor(t)) for name, t in tensors.items() if t is not None) if depth > 0 else ()
    children = own.get("_modules", {})
    if depth > 1 and len(children) <= 4 * MOST_ITEMS:
        items += tuple((name, _module(child, depth - 1)) for name, child in children.items() if is_module(child))
    return Value(
        kind="module",
        type=named_as(type(module)),
        items=items,
        settings=tuple(_settings(own)),
        length=len(children),
        training=own.get("training"),
        strays=tuple(_strays(own)),
    )


def _strays(own: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What the module keeps without registering it: plain tensors, and plain containers of modules."""
    for name, value in own.items():
        if isinstance(value, torch.Tensor):
            yield name, "tensor"
        elif type(value) in (list, tuple, dict) and not name.startswith("_"):
            parts = list(value.values() if isinstance(value, dict) else value)[:MOST_ITEMS]
            if any(is_module(part) for part in parts):
                yield name, type(value).__name__


def _settings(own: dict[str, Any]) -> list[tuple[str, Plain]]:
    found: list[tuple[str, Plain]] = []
    for name, value in own.items():
        if name.startswith("_") or name in _PRIVATE:
            continue
        if type(value) in _PLAIN:
            found.append((name, _short(value)))
        elif type(value) in (tuple, torch.Size) and len(value) <= MOST_ITEMS and all(type(v) in _PLAIN for v in value):
            found.append((name, tuple(value)))
    return found


def _container(thing: Any, depth: int) -> Value:
    kind = next(name for name, base in (("list", list), ("tuple", tuple), ("dict", dict)) if isinstance(thing, base))
    length = list.__len__(thing) if kind == "list" else tuple.__len__(thing) if kind == "tuple" else dict.__len__(thing)
    pairs: list[tuple[str, Any]] = []
    if depth > 0 and type(thing) in (list, tuple, dict, torch.Size):
        source = thing.items() if kind == "dict" else enumerate(thing)
        pairs = [(str(name), part) for (name, part), _ in zip(source, range(MOST_ITEMS), strict=False)]
    items = tuple((name, describe(part, depth - 1)) for name, part in pairs)
    short = kind == "tuple" and length <= MOST_ITEMS and all(part.kind in ("number", "text") for _, part in items)
    plain = tuple(part.plain for _, part in items) if short and items else None
    return Value(kind, type(thing).__name__, length=length, items=items, plain=plain)


def _other(thing: object) -> Value:
    if isinstance(thing, type):
        return Value("class", named_as(thing))
    if isinstance(thing, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return Value("function", named_as(thing))
    if isinstance(thing, types.GeneratorType | map | filter | zip):
        return Value("generator", type(thing).__name__)
    if isinstance(thing, torch.dtype | torch.device):
        return Value("dtype" if isinstance(thing, torch.dtype) else "device", type(thing).__name__, plain=str(thing))
    return Value("object", named_as(type(thing)))


def is_tensor_method(name: str) -> bool:
    """Whether tensors have a method or attribute of this name."""
    return hasattr(torch.Tensor, name)


def children(module: object) -> list[tuple[str, Any]]:
    """The named children of a module, as they are registered."""
    return [(name, child) for name, child in vars(module).get("_modules", {}).items() if child is not None]


def dataset_of(thing: object) -> object | None:
    """The data set behind a DataLoader or its iterator (and behind a Subset of one)."""
    found: Any = None
    if isinstance(thing, torch.utils.data.DataLoader):
        found = vars(thing).get("dataset")
    elif type(thing).__module__ == "torch.utils.data.dataloader":
        found = vars(thing).get("_dataset")
    while isinstance(found, torch.utils.data.Subset):
        found = found.dataset
    return found  # type: ignore[no-any-return]  # whatever the learner put there


def is_tensor_dataset(kind: type) -> bool:
    """Whether a data set of this class only hands out tensors that it was made of."""
    return kind is torch.utils.data.TensorDataset


def signature_of(kind: type) -> list[str]:
    """The names of the parameters of one of PyTorch's classes."""
    return list(inspect.signature(kind).parameters)
