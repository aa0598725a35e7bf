"""Writes down calls of PyTorch as they are written, with versions and gradients before and after.

In go a ``Log`` and every call that passes the function mode; out come tuples in the log. Nothing is wrapped, and what
passes is passed on as it came. All of this is on the path of every call, so it is written to be quick: one look-up
where several would read better, and no object that is not needed.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch._C import _current_graph_task_id, _len_torch_function_stack
from torch.autograd import _get_sequence_nr  # type: ignore[attr-defined]  # it is there, and not declared
from torch.overrides import TorchFunctionMode

from pytorch_basics.instruments.trace.frames import Site, learner
from pytorch_basics.instruments.trace.log import Log, Rare
from pytorch_basics.instruments.trace.modes.capture import CALL, Aside, Tensor, collect, node_now, versions_of
from pytorch_basics.instruments.trace.values.capture import Values, sample

# Answers about a tensor, not ops: no memory changes and no tensor comes back.
_ASKED = (
    *("size", "dim", "stride", "numel", "nelement", "ndimension", "storage_offset", "element_size", "data_ptr"),
    *("is_contiguous", "is_floating_point", "is_complex", "untyped_storage", "get_device", "register_hook"),
    *("__len__", "__hash__", "__repr__", "__format__", "__dir__", "retain_grad", "register_post_accumulate_grad_hook"),
)
_GIVE = {"T", "H", "mT", "mH", "data", "real", "imag"}  # attributes that are ops: a tensor comes back, often a view
_ATTRIBUTES = {name for name in dir(Tensor) if hasattr(getattr(Tensor, name), "__set__")}
_QUESTIONS = {getattr(Tensor, name) for name in _ASKED} | {torch._C._set_grad_enabled}
_QUESTIONS |= {getattr(Tensor, name).__get__ for name in _ATTRIBUTES - _GIVE}
_SETS = {Tensor.data.__set__}  # type: ignore[attr-defined]  # an attribute of C
_BACKWARD = {Tensor.backward, torch.autograd.backward, torch.autograd.grad}
_ASIDE = _QUESTIONS | _SETS | _BACKWARD


class Functions(TorchFunctionMode):
    """Sees each call as it was written, with versions and gradients, but not what runs below."""

    def __init__(self, log: Log, values: Values) -> None:
        super().__init__()
        self.log, self.values = log, values
        self.site: Site | None = None  # where the running module was called

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        log = self.log
        if log.open or func in _ASIDE:
            if log.open or func in _QUESTIONS:
                return func(*args, **kwargs) if kwargs else func(*args)
            return self._backward(func, args, kwargs or {}) if func in _BACKWARD else self._set(func, args)
        # A subclass or another mode would notice what is asked of a tensor, unless all of that is switched off.
        foreign = log.foreign = bool(types) or _len_torch_function_stack() > 0
        if foreign:
            with Aside(log):
                begun = self._begin(args, kwargs)
        else:
            begun = self._begin(args, kwargs)
        site = learner(sys._getframe(1), CALL, self.site)
        log.open = True
        try:
            out = func(*args, **kwargs) if kwargs else func(*args)
        except BaseException as raised:
            with Aside(log):
                self._failed(func, begun, site, raised)
            raise
        finally:
            log.open = False
        if foreign:
            with Aside(log):
                self._end(func, out, begun, site)
        else:
            self._end(func, out, begun, site)
        return out

    def _begin(self, args: Any, kwargs: Any) -> tuple[Any, ...]:
        log = self.log
        if log.dead:
            log.bury()
        given: list[Any] = []
        collect(args, given)
        if kwargs:
            collect(kwargs.values(), given)
        ins = log.tensors_of(given)
        try:
            before: tuple[int | None, ...] = tuple([t._version for t in given])
        except (RuntimeError, NotImplementedError):
            before = versions_of(given)
        return given, ins, before, len(log.aten), _get_sequence_nr()

    def _end(self, func: Any, out: Any, begun: tuple[Any, ...], site: Site) -> None:
        log = self.log
        given, ins, before, first, start = begun
        sequence = _get_sequence_nr()
        after, rare = before, None
        if log.hits:  # what moves a version dispatches an op that writes
            after, rare = self._written(given, ins, before)
        found: list[Any] | None = None
        if type(out) is Tensor:
            outs: Any = log.tensor(out, True)
            log.grads[outs] = out.requires_grad
            try:
                versions: Any = out._version
            except (RuntimeError, NotImplementedError):
                versions = None
        else:
            found = []
            collect((out,), found)
            if not found and rare is None:
                if not given:
                    del log.aten[first:]  # a profiler's mark: no tensor has to do with it
                if first == len(log.aten):
                    return  # nothing ran, nothing came back, nothing changed: not an op
            outs, versions = log.tensors_of(found, True), versions_of(found)
            for number, t in zip(outs, found, strict=True):
                log.grads[number] = t.requires_grad
        if self.values:
            samples = tuple([sample(t, self.values) for t in ([out] if found is None else found)])
            rare = (rare or Rare())._replace(samples=samples)
        sequence = sequence - 1 if sequence > start else -1
        if log.backward is not None and _current_graph_task_id() >= 0:
            node, sequence = node_now()
            rare = (rare or Rare())._replace(node=node)
        if log.dead:
            log.bury()
        if rare is not None:
            log.rare[len(log.ops)] = rare
        log.ops.append((func, site, log.module, ins, before, after, outs, versions, first, log.live, sequence))

    def _written(self, given: Any, ins: Any, before: Any) -> tuple[Any, Rare | None]:
        """What an op wrote into, and who else sees that; its inputs get new numbers where their shape changed.

        Some kernels move no version (those for lists of tensors, anything in inference mode): what an aten op below
        was called to write into counts as well.
        """
        log, after = self.log, versions_of(given)
        hit = [k for k, number in enumerate(ins) if before[k] != after[k] or number in log.hits]
        log.hits.clear()
        if not hit:
            return before, None
        written = tuple([ins[k] for k in hit])
        seen = tuple(log.onlookers([given[k] for k in hit], written))
        for t in given:
            log.forget(t)
        return after, Rare(written=written, seen=seen)

    def _failed(self, func: Any, begun: tuple[Any, ...], site: Site, raised: BaseException) -> None:
        log = self.log
        given, ins, before, first, _ = begun
        at = len(log.ops)
        log.hits.clear()
        log.raised, log.rare[at] = (at, id(raised)), Rare(failed=True)
        log.ops.append((func, site, log.module, ins, before, versions_of(given), (), (), first, log.live, -1))

    def _set(self, func: Any, args: Any) -> None:
        """``x.data = y``: no version moves, and ``x`` lies elsewhere afterwards."""
        log = self.log
        site = learner(sys._getframe(2), CALL, self.site)
        with Aside(log):
            given, ins, before, first, _ = self._begin(args, None)
            func(*args)
            for t in given:
                log.forget(t)
            log.ops.append((func, site, log.module, ins, before, before, (), (), first, log.live, -1))

    def _backward(self, func: Any, args: Any, kwargs: Any) -> Any:
        """A backward pass: written down as a call of its own, then what it runs."""
        log = self.log
        site = learner(sys._getframe(2), CALL, self.site)
        with Aside(log):
            _, ins, before, first, _ = self._begin(args, kwargs)
        place, outer, log.backward = len(log.ops), log.backward, site
        log.ops.append((func, site, log.module, ins, before, before, (), (), first, log.live, -1))
        try:
            return func(*args, **kwargs)
        except BaseException as raised:
            log.raised, log.rare[place] = (place, id(raised)), Rare(failed=True)
            raise
        finally:
            log.backward = outer
