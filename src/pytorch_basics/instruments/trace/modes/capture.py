"""What both modes of a trace need: finding tensors in arguments, reading versions, asking without being noticed.

In go arguments and tensors on the path of every op, so it is written to be quick.
"""

from __future__ import annotations

from typing import Any

import torch
from torch._C import DisableTorchFunction, _current_autograd_node

from pytorch_basics.instruments.trace.log import Log

Tensor = torch.Tensor
CALL = torch.nn.Module._call_impl.__code__  # its frame stands between a module's forward and who called the module

# What a value of a type is: 0 nothing of ours, 1 a tensor, 2 a list that may hold some.
_KIND: dict[type, int] = {Tensor: 1, torch.nn.Parameter: 1, list: 2, tuple: 2}


def _kind(kind: type) -> int:
    found = 1 if issubclass(kind, Tensor) else 2 if issubclass(kind, list | tuple) else 0
    if kind.__module__ == "builtins" or kind.__module__.partition(".")[0] == "torch":
        _KIND[kind] = found  # not the learner's own classes: they are redefined and would pile up
    return found


def collect(parts: Any, found: list[Any]) -> None:
    """Add the tensors in ``parts``, and in its lists, to ``found``."""
    for part in parts:
        what = _KIND.get(type(part))
        if what is None:
            what = _kind(type(part))
        if what == 1:
            found.append(part)
        elif what:
            collect(part, found)


def versions_of(tensors: list[Any]) -> tuple[int | None, ...]:
    """The version counter of each tensor; None for those made in inference mode, where none is kept."""
    try:
        return tuple([t._version for t in tensors])
    except (RuntimeError, NotImplementedError):
        return tuple([None for _ in tensors])


class Aside:
    """While it is open, what is asked of tensors reaches no other mode, no subclass, and is not logged.

    The shape of a nested tensor, for one, is itself found by aten ops.
    """

    def __init__(self, log: Log) -> None:
        self._log, self._outer = log, log.busy
        self._off = DisableTorchFunction()

    def __enter__(self) -> None:
        self._log.busy = True
        self._off.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._off.__exit__(*error)
        self._log.busy = self._outer


def node_now() -> tuple[str, int]:
    """The name and the number of the autograd node that runs; a leaf's node says 2⁶⁴ − 1."""
    node = _current_autograd_node()
    if node is None:
        return "", -1
    sequence = node._sequence_nr()
    return node.name(), sequence if sequence < 1 << 60 else -1
