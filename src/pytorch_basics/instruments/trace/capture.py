"""Watches PyTorch while code runs, and changes nothing: two modes and two global module hooks, put on and taken off.

In goes the frame to watch for; out comes a ``Log`` of calls, aten ops and module calls, with names of parameters and
variables. This file, and those of its name below, are the only ones here that import torch. Nothing is patched or
wrapped; modes and hooks are gone afterwards.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from threading import get_ident
from types import FrameType
from typing import Any

import torch
from torch import _C, Tensor
from torch.nn import Module
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from pytorch_basics.instruments.trace import names, uncompiled
from pytorch_basics.instruments.trace.frames import Site, learner
from pytorch_basics.instruments.trace.log import END, OUT, Log
from pytorch_basics.instruments.trace.modes.aten.capture import Aten
from pytorch_basics.instruments.trace.modes.calls.capture import Functions
from pytorch_basics.instruments.trace.modes.capture import CALL, Aside
from pytorch_basics.instruments.trace.values.capture import Values, array

__all__ = ["Watch", "array"]

_FUSED = (torch.nn.TransformerEncoder, torch.nn.TransformerEncoderLayer, torch.nn.MultiheadAttention)
ELSEWHERE = "Modules also ran in another thread; a trace sees only the thread that it began in."


class Watch:
    """What is put on while code runs; ``log`` is what it saw.

    ``given`` are tensors by the names they have from the start, ``args`` those that nobody named yet; ``frame`` is the
    learner's, whose variables are looked at when a write needs to know who else may see it, and for names at the end.
    """

    def __init__(
        self, given: dict[str, object], args: tuple[object, ...] = (), frame: FrameType | None = None,
        values: Values = None,
    ) -> None:  # fmt: skip
        # An address is all that is asked of a storage on the path of every op; ``_cdata`` is the same number.
        self.log = Log(_C._storage_id)  # type: ignore[attr-defined]  # it is there, and not declared
        self.log.around = self._around
        self._given, self._args, self._frame = given, args, frame
        self._functions = Functions(self.log, values)
        self._aten = Aten(self.log, self._functions)
        # Each running module, its call and the one around, where that was called, and whether the mode is off for it.
        self._running: list[tuple[Module, int, int | None, Site | None, bool]] = []
        self._settled = 0  # so many module calls have their names
        self._met: dict[int, tuple[weakref.ref[Module], str]] = {}  # parts of models that ran, and their paths

    def on(self) -> None:
        """Begin."""
        with Aside(self.log):
            for name, value in self._given.items():
                if isinstance(value, Tensor):
                    self.log.names.setdefault(self.log.tensor(value), name)
            self.log.arguments = [self.log.tensor(one) if isinstance(one, Tensor) else None for one in self._args]
        uncompiled.begin()
        self._handles = (
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, always_call=True),
        )
        self._functions.__enter__()  # type: ignore[no-untyped-call]  # PyTorch's own
        self._aten.__enter__()  # type: ignore[no-untyped-call]  # PyTorch's own

    def off(self) -> None:
        """End, also where the learner left a mode of their own open above ours."""
        take_out(self._aten, _C._len_torch_dispatch_stack, _C._get_dispatch_stack_at, _C._pop_torch_dispatch_stack,
                  _C._push_on_torch_dispatch_stack)  # fmt: skip
        take_out(self._functions, _C._len_torch_function_stack, _C._get_function_stack_at,
                  _C._pop_torch_function_stack, _C._push_on_torch_function_stack)  # fmt: skip
        for handle in self._handles:
            handle.remove()
        uncompiled.end()
        with Aside(self.log):
            self._settle()
            self._name()
        self.log.close()
        self._given, self._args, self._frame = {}, (), None

    def _enter(self, module: Module, args: Any) -> None:
        log, functions = self.log, self._functions
        if get_ident() != log.thread:
            if ELSEWHERE not in log.notes:
                log.notes.append(ELSEWHERE)
            return
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code is not CALL:
            frame = frame.f_back
        caller = frame and frame.f_back and frame.f_back.f_back
        outer, around, own = functions.site, log.module, len(log.modules)
        code, at, _ = learner(caller, CALL, outer)
        functions.site = code, at, False  # whatever runs inside was not called there directly
        log.modules.append(
            [weakref.ref(module), around, len(log.ops), (code, at, caller and caller.f_code is code), None, None]
        )
        left = isinstance(module, _FUSED) and self._leave_for(module)
        self._running.append((module, own, around, outer, left))
        log.module = own

    def _leave(self, module: Module, args: Any, out: Any) -> None:
        log = self.log
        if get_ident() != log.thread:
            return
        while self._running:  # more than once only after an interrupt that somebody caught
            who, own, log.module, self._functions.site, left = self._running.pop()
            call = log.modules[own]
            call[END] = len(log.ops)
            if left:
                _C._push_on_torch_function_stack(self._functions)
            if who is module:
                break
        if type(out) is Tensor:
            call[OUT] = log.known(out)
        if not self._running:
            self._settle()

    def _settle(self) -> None:
        """Name the module calls since the last time, and their parameters: all at once, when the outermost returned."""
        log = self.log
        inside: dict[int, dict[int, str]] = {}  # of each call of an outermost module the paths of what is in it
        roots: dict[int, int] = {}
        done: set[int] = set()
        for k in range(self._settled, len(log.modules)):
            raw = log.modules[k]
            module = raw[0]()
            root, path = roots.get(raw[1], -1), None
            while root >= 0 and (path := inside[root].get(id(module))) is None:
                root = roots.get(log.modules[root][1], -1)
            if path is None:
                root, path = k, ""
                inside[k] = {}
                if module is not None:
                    path = self._path(module)
                    before = f"{path}." if path else ""
                    inside[k] = {id(part): before + name for name, part in module.named_modules()}
                    inside[k][id(module)] = path
            roots[k] = root
            raw[0] = None
            raw += (path, type(module).__name__ if module is not None else "")
            if module is not None and id(module) not in done:
                done.add(id(module))
                for name, held in (*module._parameters.items(), *module._buffers.items()):
                    number = None if held is None else log.known(held)
                    if number is not None:
                        log.names.setdefault(number, f"{path}.{name}" if path else name)
        self._settled = len(log.modules)

    def _path(self, module: Module) -> str:
        """The path of a module that no running one holds: its place in a model that ran before, else it is its own."""
        ref, path = self._met.get(id(module), (None, ""))
        if ref is not None and ref() is module:
            return path
        for name, part in module.named_modules():
            self._met[id(part)] = weakref.ref(part), name
        return ""

    def _leave_for(self, module: Module) -> bool:
        """Take the function mode off while a module runs that would switch its fused path off because of it."""
        fused = not module.training and not (
            torch.is_grad_enabled() and any(p.requires_grad for p in module.parameters())
        )
        count = _C._len_torch_function_stack()
        if not fused or count == 0 or _C._get_function_stack_at(count - 1) is not self._functions:
            return False
        _C._pop_torch_function_stack()
        return True

    def _around(self) -> None:
        """Number the variables of the learner's frame, so that a write is followed to those it did not touch."""
        for part in names.named(self._frame, _is_tensor, _no):
            self.log.tensor(part.tensor)
        names.forget(self._frame)

    def _name(self) -> None:
        """What tensors that were met are called by the learner's variables, and whose gradients they are."""
        log = self.log
        # The parameters of a model that was not called (an optimizer's step alone) are named by its variable.
        alone = any(raw[3] is torch.nn.Parameter and k not in log.names for k, raw in enumerate(log.tensors))
        for part in names.named(self._frame, _is_tensor, _is_module if alone else _no):
            number = log.known(part.tensor)
            if number is not None:
                log.variables.setdefault(number, part.name)
        names.forget(self._frame)
        for number, name in (*log.names.items(), *log.variables.items()):
            tensor = log.refs[number]()
            if tensor is not None and tensor.is_leaf and tensor.grad is not None:
                gradient = log.known(tensor.grad)
                if gradient is not None:
                    log.variables.setdefault(gradient, f"{name}.grad")


def _is_tensor(value: object) -> bool:
    return isinstance(value, Tensor)


def _is_module(value: object) -> bool:
    return isinstance(value, Module)


def _no(value: object) -> bool:
    return False


def take_out(mode: Any, count: Callable[[], int], at: Callable[[int], Any], pop: Callable[[], Any],
              push: Callable[[Any], None]) -> None:  # fmt: skip
    """Remove a mode from wherever it stands, with those above it put back in their order."""
    places = [k for k in range(count()) if at(k) is mode]
    if not places:
        return
    above = [pop() for _ in range(count() - places[-1] - 1)]
    mode.__exit__(None, None, None)
    for other in reversed(above):
        push(other)


def _leave_uncompiled(*entries: Any) -> None:
    """What ``torch.compile`` compiled runs op by op under a mode; our own code is not to be compiled instead."""
    from torch._C._dynamo.eval_frame import _FrameAction, _FrameExecStrategy, set_code_exec_strategy

    for entry in entries:
        set_code_exec_strategy(entry.__code__, _FrameExecStrategy(_FrameAction.SKIP, _FrameAction.SKIP))


_leave_uncompiled(Functions.__torch_function__, Aten.__torch_dispatch__, Watch._enter, Watch._leave)
