"""Watches one forward pass of a model for ``pb.summary``; imports torch.

In goes a walked model and what to call it with; out comes what each layer did: its first call, how many there were,
the work of its own code, and layers that ran although nothing holds them. The pass leaves nothing behind: buffers are
lent as copies, the random state is put back, and hooks and the mode are taken off whatever happens. What is done for
each op and each call is as little as can be: shapes are kept as they are, and made into records afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as modules
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.utils._python_dispatch import TorchDispatchMode

from pytorch_basics.instruments.module.tree import Tree
from pytorch_basics.instruments.trace.flops import FORMULAS, flops

Sketch = tuple[tuple[torch.dtype, torch.Size], ...]
"""The tensors in some values, without the tensors: what is kept alive is as small as what is said."""


def sketch(value: Any) -> Sketch:
    """The dtype and shape of each tensor in a value, in lists, tuples and dicts too."""
    if isinstance(value, torch.Tensor):
        return ((value.dtype, value.shape),)
    if isinstance(value, dict):  # what transformers models return is one
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return ()
    found: list[Any] = []
    for part in value:
        if isinstance(part, torch.Tensor):
            found.append((part.dtype, part.shape))
        else:
            found += sketch(part)
    return tuple(found)


class _Names(dict[Any, str]):
    """Ops to the names that formulas know, ``aten.mm``; empty for an op whose work is not counted."""

    def __missing__(self, func: Any) -> str:
        name = f"aten.{func.overloadpacket.__name__}"
        self[func] = name if name in FORMULAS else ""
        return self[func]


_NAMES = _Names()


class Pass(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch does not type this
    """One forward pass of the model in ``tree``, by layer; ``astray`` are layers that are known to be unregistered.

    A model that is a copy anyway needs no lent buffers, and a lazy one has none that could be copied.
    """

    def __init__(self, tree: Tree, astray: Iterable[nn.Module], copied: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the same
        self.at = tree.first
        self.running = [0]
        self.calls: dict[int, int] = {}
        self.first: dict[int, tuple[Sketch, Sketch]] = {}
        self.work: dict[int, int] = {}
        self.strangers: dict[int, tuple[nn.Module, int]] = {}
        # Layers in plain lists are told as such, not once more when they are called.
        self.told = {id(part) for module in astray for part in module.modules()}
        self.tree, self.copied = tree, copied
        self.lent: dict[int, torch.Tensor] = {}  # by the id of the buffer that each stands for
        self.used: set[int] = set()
        self.watched: set[int] = set()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # True imports torch._dynamo at the first op: a second, for nothing here

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Calls the model; what it raised, in words, else nothing."""
        try:
            with torch.no_grad(), torch.random.fork_rng(), self._lending(), self._watching(), self:
                self.tree.modules[0](*args, **kwargs)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return ""

    @contextmanager
    def _lending(self) -> Iterator[None]:
        """Copies of the buffers in their place, and the buffers themselves back again."""
        own = [(part, dict(part._buffers)) for part in self.tree.modules if part._buffers and not self.copied]
        try:
            for module, buffers in own:
                for name, buffer in buffers.items():
                    if buffer is not None:
                        if id(buffer) not in self.lent:
                            self.lent[id(buffer)] = buffer.clone()
                        module._buffers[name] = self.lent[id(buffer)]
            self.watched = {id(tensor) for kind in ("_parameters", "_buffers") for _, _, tensor in self.tree.held(kind)}
            yield
        finally:
            for module, buffers in own:
                for name, buffer in buffers.items():
                    module._buffers[name] = buffer

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Hooks on, and off again."""
        handles = [
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, with_kwargs=True, always_call=True),
        ]
        try:
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
            if id(module) not in self.told:
                self.strangers[id(module)] = module, at  # kept alive: the next one must not get its id
                self.told |= {id(part) for part in module.modules()}
        self.running.append(at)

    def _leave(self, module: nn.Module, args: Any, *rest: Any) -> None:
        self.running.pop()
        at = self.at.get(id(module))
        if at is not None:
            self.calls[at] = self.calls.get(at, 0) + 1
            if at not in self.first:
                kwargs, out = rest if len(rest) == 2 else ({}, None)  # after an error PyTorch leaves the keywords out
                self.first[at] = sketch((*args, *kwargs.values()) if kwargs else args), sketch(out)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **kwargs) if kwargs else func(*args)
        watched = self.watched
        for part in args:
            if id(part) in watched:
                self.used.add(id(part))
        name = _NAMES[func]
        if name:
            at = self.running[-1]
            self.work[at] = self.work.get(at, 0) + _flops(name, args, out)
        return out

    def touched(self) -> set[int]:
        """The layers whose own parameters or buffers took part, called or not."""
        used = {was for was, lent in self.lent.items() if id(lent) in self.used} | self.used
        return {
            at for kind in ("_parameters", "_buffers") for at, _, tensor in self.tree.held(kind) if id(tensor) in used
        }


def _flops(name: str, args: Any, out: Any) -> int:
    ins, outs = ([tuple(shape) for _, shape in sketch(values)] for values in (args, out))
    return flops(name, ins, outs, (args[6],) if name == "aten.convolution" else ())
