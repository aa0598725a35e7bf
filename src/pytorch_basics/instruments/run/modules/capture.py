"""Writes down which modules a run calls, in which mode, and what models they belong to.

In go calls of modules through PyTorch's global hooks; out come entries of layers and models, and an event for each call
of a whole model. Modules are held weakly.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch
from torch import _C
from torch.nn import Module
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from pytorch_basics.instruments.run.backward.capture import Backward
from pytorch_basics.instruments.run.log import Layer, Log, Model, Where
from pytorch_basics.instruments.run.parameters.capture import Parameters
from pytorch_basics.instruments.run.values.capture import recorded, spread
from pytorch_basics.instruments.run.where import reached
from pytorch_basics.instruments.trace import uncompiled
from pytorch_basics.instruments.trace.modes.capture import collect

_FUSED = (torch.nn.TransformerEncoder, torch.nn.TransformerEncoderLayer, torch.nn.MultiheadAttention)
_INNER = {*vars(Module()), "_is_hf_initialized"}
Root = Callable[[Module], None]


class Modules:
    """The hooks, on and off, and what they saw."""

    def __init__(self, log: Log, parameters: Parameters, backward: Backward, mode: Any, root: Root) -> None:
        self.log, self.parameters, self.backward, self.mode, self.root = log, parameters, backward, mode, root
        self._running: list[tuple[Any, int | None, bool]] = []
        self._handles: tuple[Any, ...] = ()
        self._strangers: dict[Any, int] = {}
        self._event: Any = None

    def on(self) -> None:
        """Begin."""
        self._running = []
        self.log.layer = None
        self._handles = (
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, always_call=True),
        )

    def off(self) -> None:
        """End."""
        for handle in self._handles:
            handle.remove()
        self._handles = ()
        self._running = []
        self.log.layer = None

    def _enter(self, module: Module, args: Any) -> None:
        log = self.log
        if log.aside or recorded():
            return
        log.aside = True
        try:
            uncompiled.again()
            place = reached(sys._getframe(1))
            where = place.code, place.at
            if place.code is not None:
                log.codes[id(place.code)] = place.code
            if not self._running:
                self._event = None
                self._model(module, args, where)
            number = self._layer(module, where)
            entry = log.layers[number]
            entry.training = module.training
            entry.calls[(not module.training) * 2 + (not torch.is_grad_enabled())] += 1
            self._running.append((weakref.ref(module), log.layer, self._leave_for(module)))
            log.layer = number
        except Exception as error:
            log.notes[f"A module was not understood: {type(error).__name__}: {error}"[:200]] = None
        finally:
            log.aside = False

    def entered(self, module: Module, args: Any) -> None:
        """A whole model is being called, and its other hooks began to look after ours were asked."""
        self._enter(module, args)

    def _leave(self, module: Module, args: Any, out: Any) -> None:
        try:
            self._left(module, out)
        except Exception as error:
            self.log.notes[f"A module's end was not understood: {type(error).__name__}: {error}"[:200]] = None

    def _left(self, module: Module, out: Any) -> None:
        if all(one[0]() is not module for one in self._running):
            return
        while self._running:  # more than once only after an interrupt that somebody caught
            who, self.log.layer, left = self._running.pop()
            if left:
                _C._push_on_torch_function_stack(self.mode)
            if who() is module:
                break
        event, self._event = self._event, None if not self._running else self._event
        if not self._running and event is not None:
            self._came_out(event, out)
            if self.log.replays is not None:
                self.log.replays.came_out(module, out)

    def _came_out(self, event: Any, out: Any) -> None:
        """A whole model has ended: what it gave."""
        tensors: list[Any] = []
        with suppress(Exception):
            collect(tuple(out.values()) if isinstance(out, dict) else (out,), tensors)
            self.backward.came_out(event, [t for t in tensors[:8] if isinstance(t, torch.Tensor)])

    def _model(self, module: Module, args: Any, where: Where) -> None:
        """A module was called that no other one runs."""
        log = self.log
        if next(iter(module.parameters()), None) is None:
            return
        number = log.number("model", module)
        if number is None:
            paths = {id(part): path for path, part in module.named_modules()}
            entry = Model(weakref.ref(module), type(module).__name__, where, paths)
            number = log.add("model", module, log.models, entry)
            for name, p in module.named_parameters():
                known = log.parameters[self.parameters.find(p)]
                known.name = known.name or name
            entry.repeats = _repeats(module)
            self.root(module)
        first = next((t for t in args if isinstance(t, torch.Tensor)), None)
        facts = {"which": number, "training": module.training, "graded": torch.is_grad_enabled()}
        self._event = log.event("forward", where, numbers=spread(first) if first is not None else (), **facts)
        log.called.add((id(where[0]), where[1]))
        if module.training and torch.is_grad_enabled() and log.replays is not None:
            log.replays.called(module, args)

    def _layer(self, module: Module, where: Where) -> int:
        log = self.log
        number = log.number("layer", module)
        if number is not None:
            return number
        held = next(((k, m.paths[id(module)]) for k, m in self._held(module)), None)
        if held is None and self._running:
            key = log.layer, type(module).__name__, id(where[0]), where[1]
            if key in self._strangers:
                return self._strangers[key]
            self._strangers[key] = len(log.layers)
        model, path = held if held else (None, "")
        entry = Layer(path, type(module).__name__, model, _settings(module), where, weakref.ref(module))
        number = log.add("layer", module, log.layers, entry)
        if model is not None:
            log.models[model].layers.append(number)
            for p in module._parameters.values():
                if p is not None:
                    known = log.parameters[self.parameters.find(p)]
                    known.layer, known.requires_grad = number, p.requires_grad
        return number

    def _held(self, module: Module) -> Any:
        """The models that hold it, the last that was called first."""
        for k in range(len(self.log.models) - 1, -1, -1):
            model = self.log.models[k]
            whole = model.ref()
            if whole is not None and id(module) in model.paths:
                yield k, model

    def _leave_for(self, module: Module) -> bool:
        """Take the function mode off while a module runs that would switch its fused path off because of it."""
        if not isinstance(module, _FUSED) or module.training:
            return False
        if torch.is_grad_enabled() and any(p.requires_grad for p in module.parameters()):
            return False
        count = _C._len_torch_function_stack()
        if count == 0 or _C._get_function_stack_at(count - 1) is not self.mode:
            return False
        _C._pop_torch_function_stack()
        return True


def _repeats(module: Module) -> tuple[tuple[str, ...], ...]:
    """Paths in one list or sequence at which the same module stands, where it has parameters."""
    found = []
    for path, part in module.named_modules():
        if isinstance(part, (torch.nn.ModuleList, torch.nn.Sequential, torch.nn.ModuleDict)):
            same: dict[int, list[str]] = {}
            for name, child in part._modules.items():
                if child is not None and next(child.parameters(), None) is not None:
                    same.setdefault(id(child), []).append(f"{path}.{name}" if path else name)
            found += [tuple(paths) for paths in same.values() if len(paths) > 1]
    return tuple(found)


def _settings(module: Module) -> tuple[Any, ...]:
    """Its plain attributes: ``p``, ``dim``, ``momentum``."""
    plain = (bool, int, float, str, type(None))
    found = [(k, v) for k, v in vars(module).items() if k not in _INNER and not k.startswith("_")]
    found = [(k, list(v) if isinstance(v, tuple) else v) for k, v in found]
    return tuple(
        (k, tuple(v) if isinstance(v, list) else v)
        for k, v in found
        if isinstance(v, plain) or (isinstance(v, list) and len(v) <= 4 and all(isinstance(x, plain) for x in v))
    )
