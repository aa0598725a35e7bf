"""The least that watching can cost: a bare function mode and a bare dispatch mode, and a bare walk with bare hooks.

In goes nothing but the running code; out comes a list of tuples. ``Floor`` writes down what ``pb.trace`` does too (the
function, shapes, dtypes, storages, versions before and after, the line of the caller; below it the aten op with shapes,
dtypes and storages) and makes nothing of it: no names, no modules, no following of writes. ``bare_graph`` reads what
each node saved, and hooks of its own read the shape and a sampled norm of each gradient.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

SAMPLED = 4096
_TORCH = str(Path(torch.__file__).parent)
Found = list[tuple[Any, ...]]


class _Functions(TorchFunctionMode):
    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        tensors = _tensors((args, tuple(kwargs.values())) if kwargs else args)
        ins = [(id(t), t.shape, t.dtype, t.untyped_storage()._cdata) for t in tensors]
        before = [t._version for t in tensors]
        line = _line(sys._getframe(1))
        out = func(*args, **kwargs)
        after = [t._version for t in tensors]
        outs = [(id(t), t.shape, t.dtype, t.untyped_storage()._cdata, t._version) for t in _tensors((out,))]
        self.found.append((func, line, ins, before, after, outs))
        return out


class _Aten(TorchDispatchMode):
    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # what wraps it otherwise costs 2 µs an op

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        ins = [(t.shape, t.dtype, t.untyped_storage()._cdata) for t in _tensors(args)]
        out = func(*args, **kwargs)
        outs = [(t.shape, t.dtype, t.untyped_storage()._cdata) for t in _tensors((out,))]
        self.found.append((func, ins, outs))
        return out


def _tensors(parts: Any) -> list[torch.Tensor]:
    found: list[torch.Tensor] = []
    for part in parts:
        if isinstance(part, torch.Tensor):
            found.append(part)
        elif isinstance(part, list | tuple):
            found += _tensors(part)
    return found


def _line(frame: FrameType | None) -> tuple[Any, int] | None:
    """The innermost frame outside PyTorch: its code and the place in it."""
    while frame is not None and frame.f_code.co_filename.startswith(_TORCH):
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)


class Floor:
    """``with Floor() as found:`` fills the list while the block runs."""

    def __enter__(self) -> Found:
        self.found: Found = []
        self._functions, self._aten = _Functions(self.found), _Aten(self.found)
        self._functions.__enter__()
        self._aten.__enter__()
        return self.found

    def __exit__(self, *error: Any) -> None:
        self._aten.__exit__(*error)
        self._functions.__exit__(*error)


def bare_graph(loss: torch.Tensor) -> Found:
    """Walk the graph, read what it saved, run ``loss.backward()`` under bare hooks, and take them off."""
    assert loss.grad_fn is not None
    nodes: list[Any] = [loss.grad_fn]
    known, found = {loss.grad_fn}, []
    for node in nodes:  # grows while it is walked
        saved = [raw for name in _slots(type(node)) if (raw := getattr(node, name).data) is not None]
        found.append((node.name(), [(t.shape, t.dtype, t.untyped_storage()._cdata) for t in saved]))
        for following, _ in node.next_functions:
            if following is not None and following not in known:
                known.add(following)
                nodes.append(following)
    handles = [node.register_prehook(_reader(found)) for node in nodes]
    loss.backward()
    for handle in handles:
        handle.remove()
    return found


_SLOTS: dict[type, list[str]] = {}


def _slots(kind: type) -> list[str]:
    if kind not in _SLOTS:  # a plural slot (``tensors``) holds a list: not for a floor
        _SLOTS[kind] = [name for name in dir(kind) if name.startswith("_raw_saved_") and name != "_raw_saved_tensors"]
    return _SLOTS[kind]


def _reader(found: Found) -> Any:
    def read(gradients: Any) -> None:
        for gradient in gradients:
            if gradient is not None:
                part = gradient.detach().flatten() if gradient.is_contiguous() else gradient.detach().reshape(-1)
                norm = float(part[:: part.numel() // SAMPLED + 1].norm())
                found.append((gradient.shape, gradient.dtype, norm))

    return read
