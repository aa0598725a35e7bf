"""Watches a run from outside and changes nothing: a function mode, global module hooks and optimizer hooks.

In goes running code; out comes a ``RunRecord``. Steps are watched in full at the beginning and then ever more rarely;
between, only the optimizers' own hooks and one hook on each whole model stay, so that a long run costs little. Nothing
is patched or wrapped; modes and hooks are gone afterwards.
"""

from __future__ import annotations

import gc
import os
import sys
import warnings
import weakref
from contextlib import suppress
from typing import Any

import torch
from torch import _C
from torch.nn import Module
from torch.optim.optimizer import (
    Optimizer,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from pytorch_basics.instruments.module.capture import capture as look_at
from pytorch_basics.instruments.run.assemble import assemble
from pytorch_basics.instruments.run.backward.capture import Backward
from pytorch_basics.instruments.run.calls.capture import Calls
from pytorch_basics.instruments.run.data.capture import Loaders
from pytorch_basics.instruments.run.keepsakes.capture import Keepsakes
from pytorch_basics.instruments.run.log import Log
from pytorch_basics.instruments.run.meaning.capture import Meaning
from pytorch_basics.instruments.run.modules.capture import Modules
from pytorch_basics.instruments.run.optimizers.capture import Optimizers
from pytorch_basics.instruments.run.parameters.capture import Parameters
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.instruments.run.replay.capture import Replay, Replays
from pytorch_basics.instruments.run.roots.capture import Roots
from pytorch_basics.instruments.run.schedule import Schedule
from pytorch_basics.instruments.run.values.capture import recorded
from pytorch_basics.instruments.run.where import reached
from pytorch_basics.instruments.trace import uncompiled
from pytorch_basics.instruments.trace.capture import take_out

# What ``torch.compile`` says of global hooks; while they are on, nothing is compiled.
_GLOBAL = r"Using `torch\.compile\(module\)` when there are global hooks"


class Watching:
    """Between ``on()`` and ``off()`` a run is watched; ``record`` is what it did. ``steps`` stops watching after so
    many optimizer steps."""

    def __init__(self, steps: int | None = None) -> None:
        self.log = Log()
        self.log.replays = Replays()
        self.ended = ""
        self._schedule = Schedule(steps)
        keepsakes = Keepsakes(self.log)
        self._parameters = Parameters(self.log, keepsakes)
        self._optimizers = Optimizers(self.log, self._parameters, keepsakes)
        backward = Backward(self.log, self._parameters, self._optimizers)
        meaning = Meaning(self.log, self._parameters, keepsakes, Loaders(self.log))
        self._calls = Calls(self.log, self._parameters, backward, meaning)
        self._modules = Modules(self.log, self._parameters, backward, self._calls, self._root)
        self._handles: list[Any] = []
        self._roots = Roots(self._called)
        self._on = self._full = False
        self._filter: Any = None
        self._strays: dict[int, Any] = {}
        self._record: RunRecord | None = None
        self._process = os.getpid()

    def on(self) -> None:
        """Begin."""
        self._on = True
        self._handles = [
            register_optimizer_step_pre_hook(self._step_begins),
            register_optimizer_step_post_hook(self._step_ended),
        ]
        self._roots.on()
        _watchings.add(self)
        warnings.filterwarnings("ignore", _GLOBAL)
        self._filter = warnings.filters[0]
        self._begin()

    def off(self) -> None:
        """End; the record is made now, while what it is about still exists."""
        if not self._on:
            return
        self._on = False
        self._end(whatever=True)
        for handle in self._handles:
            handle.remove()
        self._handles = []
        self._roots.off()
        _watchings.discard(self)
        if self._filter in warnings.filters:
            warnings.filters.remove(self._filter)  # type: ignore[attr-defined]  # it is a list
        with torch.no_grad():
            self._finish()

    @property
    def record(self) -> RunRecord:
        """What the run did, so far when it still goes on."""
        if self._record is None:
            return assemble(self.log, self.ended, [])
        return self._record

    @property
    def replay(self) -> Replay | None:
        """The last watched training batch, where its loss can be computed again."""
        last: Replay | None = self.log.replays.last
        return last

    def _finish(self) -> None:
        try:
            self._stepless()
            self._parameters.close()
            models = [entry.ref() for entry in self.log.models]
            looked = [look_at(m, (), {}).strays if m is not None else None for m in models]
            strays: list[Any] = [self._strays.get(k, ()) if one is None else one for k, one in enumerate(looked)]
        except Exception as error:
            self.log.notes[f"The end was not understood: {type(error).__name__}: {error}"[:200]] = None
            strays = []
        self._record = assemble(self.log, self.ended, strays)

    def _stepless(self) -> None:
        """Optimizers that never stepped although their parameters got gradients; others are leftovers of old cells."""
        if self.log.backwards == 0:
            return
        known = {id(p): k for k, p in self.log.alive("parameter") if self.log.parameters[k].backwards}
        for one in [one for one in gc.get_objects() if issubclass(type(one), Optimizer)]:
            held = [p for group in one.param_groups for p in group["params"]]
            mine = [known[id(p)] for p in held if id(p) in known]
            number = self.log.number("optimizer", one)
            if number is None and mine:
                number = self._optimizers.number(one)
            if number is not None and not self.log.optimizers[number].parameters:
                self._optimizers.hold(number, one)

    def _begin(self) -> None:
        """Watch in full from here, unless a mode of the learner's would be in the way."""
        if self._full or not self._on or os.getpid() != self._process:
            return
        self._full = True
        uncompiled.begin()
        self._modules.on()
        self._calls.__enter__()  # type: ignore[no-untyped-call]  # PyTorch's own

    def _end(self, whatever: bool = False) -> None:
        """Stop watching in full; later, when a mode of the learner's own stands above ours."""
        count = _C._len_torch_function_stack()
        ours = count > 0 and _C._get_function_stack_at(count - 1) is self._calls
        if not self._full or not (ours or whatever):
            return
        self._full = False
        take_out(
            self._calls,
            _C._len_torch_function_stack,
            _C._get_function_stack_at,
            _C._pop_torch_function_stack,
            _C._push_on_torch_function_stack,
        )
        self._modules.off()
        uncompiled.end()
        if _compiles():
            self._roots.clear()

    def _root(self, module: Module) -> None:
        """A whole model was called for the first time: from now on it says when it is called."""
        with suppress(Exception):  # now, because a function's own model is gone when watching ends
            self._strays[len(self.log.models) - 1] = look_at(module, (), {}).strays
        if _compiles():
            return  # a hook would be compiled with the model
        self._roots.add(module)

    def _called(self, module: Module, args: Any) -> None:
        asleep = self.log.asleep and self._full
        if not self._on or recorded() or (not asleep and (self._full or _C._len_torch_function_stack())):
            return
        try:
            graded = torch.is_grad_enabled()
            new = module.training and graded and self._somewhere_new()
            if new or self._schedule.called(module.training, graded):
                self._wake()
                self._begin()
                self._modules.entered(module, args)
        except Exception as error:
            self.log.notes[f"A model's call was not understood: {type(error).__name__}: {error}"[:200]] = None

    def _wake(self) -> None:
        """Look again, after a run without optimizers was watched long enough."""
        if self.log.asleep:
            self.log.asleep = self.log.aside = False

    def _somewhere_new(self) -> bool:
        """Whether a model is called at a place where none was yet: after the training, say, without ``eval()``."""
        place = reached(sys._getframe(2))
        key = id(place.code), place.at
        new = key not in self.log.called and self._schedule.open
        self.log.called.add(key)
        return new

    def _step_begins(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        log = self.log
        if not self._on or os.getpid() != self._process:
            return
        closure = args[1] if len(args) > 1 else kwargs.get("closure")
        if not self._full:
            return
        try:
            log.aside = True
            place = reached(sys._getframe(1))
            with torch.no_grad(), _C.DisableTorchFunction():
                self._optimizers.step_begins(optimizer, (place.code, place.at))
        except Exception as error:
            log.notes[f"A step was not understood: {type(error).__name__}: {error}"[:200]] = None
        log.aside = closure is None

    def _step_ended(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        log = self.log
        if not self._on or os.getpid() != self._process:
            return
        try:
            log.aside = True
            if self._full or not self._optimizers.counted(optimizer):
                with torch.no_grad(), _C.DisableTorchFunction():
                    self._optimizers.step_ended(optimizer, self._full)
        except Exception as error:
            log.notes[f"A step was not understood: {type(error).__name__}: {error}"[:200]] = None
        finally:
            log.asleep = log.aside = False
        log.steps += 1
        log.watched += self._full
        if self._schedule.stepped(len(log.optimizers)):
            self._begin()
        else:
            self._end()


def _compiles() -> bool:
    """Whether ``torch.compile`` was called; any optimizer loads its modules, so that they are there says nothing."""
    loaded = sys.modules.get("torch._dynamo.eval_frame")
    return any(backend is not None for backend in getattr(loaded, "cached_backends", {}).values())


_watchings: weakref.WeakSet[Watching] = weakref.WeakSet()


def _forked() -> None:
    """In a forked process (a data loader's worker) nobody reads what was watched: look aside."""
    for one in _watchings:
        one.log.aside = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
