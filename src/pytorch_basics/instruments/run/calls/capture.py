"""Writes down the learner's calls of PyTorch, folded by the place that made them.

In go a ``Log`` and every call that passes the function mode; out come sites, with where their tensors came from, and
events: a backward pass, gradients cleared, an optimizer made, states saved and loaded. What passes is passed on as it
came. This is on the path of every call, so it is written to be quick.
"""

from __future__ import annotations

import sys
import weakref
from typing import Any

import torch
from torch import _C
from torch.overrides import TorchFunctionMode

from pytorch_basics.instruments.run.backward.capture import Backward
from pytorch_basics.instruments.run.log import Fact, Log, Site
from pytorch_basics.instruments.run.meaning.capture import Meaning
from pytorch_basics.instruments.run.parameters.capture import Parameters
from pytorch_basics.instruments.run.schedule import enough
from pytorch_basics.instruments.run.values.capture import finite, flags, look, recorded
from pytorch_basics.instruments.run.where import Reached, reached
from pytorch_basics.instruments.trace import uncompiled
from pytorch_basics.instruments.trace.modes.capture import collect

Tensor, Parameter = torch.Tensor, torch.nn.Parameter
_QUESTION, _BACKWARD, _GRAD, _LEAF, _NUMPY, _READ = 1, 2, 3, 4, 5, 6
_ASKED = (
    *("size", "dim", "stride", "numel", "nelement", "ndimension", "storage_offset", "element_size", "data_ptr"),
    *("is_contiguous", "is_floating_point", "is_complex", "untyped_storage", "get_device", "register_hook"),
    *("__len__", "__hash__", "__repr__", "__format__", "__dir__", "retain_grad", "register_post_accumulate_grad_hook"),
)
_GIVE = {"T", "H", "mT", "mH", "data", "real", "imag"}  # attributes that are calls: a tensor comes back
_KINDS: dict[Any, int] = {getattr(Tensor, name): _QUESTION for name in _ASKED}
for _name in dir(Tensor):
    if hasattr(getattr(Tensor, _name), "__set__") and _name not in _GIVE:
        _KINDS[getattr(Tensor, _name).__get__] = _QUESTION
_KINDS[_C._set_grad_enabled] = _QUESTION
_KINDS[Tensor.is_leaf.__get__] = _LEAF  # type: ignore[attr-defined]  # an attribute of C
_DATA_SET = Tensor.data.__set__  # type: ignore[attr-defined]  # the same
_KINDS[vars(Tensor.__base__)["grad"].__get__] = _READ
_KINDS[vars(Tensor.__base__)["grad"].__set__] = _GRAD
_KINDS |= {Tensor.backward: _BACKWARD, torch.autograd.backward: _BACKWARD, torch.autograd.grad: _BACKWARD}
_KINDS[Tensor.numpy] = _KINDS[Tensor.__array__] = _NUMPY
_ALIASES = {Tensor.detach, Tensor.data.__get__}  # type: ignore[attr-defined]  # an attribute of C
_INS = 8  # tensors of a call that are kept apart
_MOST_ALIVE = 64
_UNIQUE = 4


class Calls(TorchFunctionMode):
    """Sees each call as it was written."""

    def __init__(self, log: Log, parameters: Parameters, backward: Backward, meaning: Meaning) -> None:
        super().__init__()
        self.log, self.parameters, self.backward, self.meaning = log, parameters, backward, meaning
        self._optimizers, self._keepsakes = backward.optimizers, parameters.keepsakes

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of what it shows
        log = self.log
        kind = _KINDS.get(func, 0)
        if log.aside or kind == _QUESTION or recorded():
            return func(*args, **kwargs) if kwargs else func(*args)
        log.aside = True  # nothing that is asked below is the learner's
        try:
            if kind:
                return self._special(kind, func, args, kwargs or {})
            place = reached(sys._getframe(1))
            out = func(*args, **kwargs) if kwargs else func(*args)
            self._note(func, place, args, kwargs, out)
            return out
        finally:
            log.aside = log.asleep

    def _note(self, func: Any, place: Reached, args: Any, kwargs: Any, out: Any) -> None:
        """Write a call down; what goes wrong in here must not reach the learner's code."""
        try:
            site, given, outs = self._site(func, place, args, kwargs, out)
            if site.look:
                look(site, given, outs)
            if self.log.replays is not None:
                self.log.replays.function(func, args, kwargs or {}, out)
            if place.through:
                self.meaning.through(func, place, site, args, outs)
            elif site.writes:
                self.meaning.wrote(func, place, site, args)
            elif func in _ALIASES and site.ins and site.ins[0].parameter is not None:
                self._keepsakes.aliased(args[0], outs[0], (place.code, place.at))
        except Exception as error:
            self.log.notes[f"A call was not understood: {type(error).__name__}: {error}"[:200]] = None

    def _site(self, func: Any, place: Reached, args: Any, kwargs: Any, out: Any) -> tuple[Site, list[Any], list[Any]]:
        log = self.log
        given: list[Any] = []
        collect(args, given)
        if kwargs:
            collect(kwargs.values(), given)
        key = id(place.code), place.at, func, log.layer, torch.is_grad_enabled()
        site = log.at.get(key)
        if site is None:
            site = self._new(key, func, place, args, kwargs)
        log.order += 1
        site.last = log.order
        site.count += 1
        if torch.is_grad_enabled():
            site.graded += 1
        shapes = tuple([t.shape for t in given])
        if shapes not in site.shapes and len(site.shapes) < 8:
            site.shapes.add(shapes)
        if not site.ins and given:
            site.ins = [self._fact(t) for t in given[:_INS]]
        made = log.made
        for fact, t in zip(site.ins, given, strict=False):
            known = made.get(id(t))
            if known is not None and known[0]() is t and known[1] not in fact.sources and len(fact.sources) < _UNIQUE:
                fact.sources[known[1]] = None
        if type(out) is Tensor:
            outs = [out]
        else:
            outs = []
            collect((out,), outs)
            for t in outs:
                if type(t) is Parameter:
                    self.parameters.born(t)
        if not site.outs and outs:
            site.outs = [self._fact(t) for t in outs[:_UNIQUE]]
        for t in outs:
            log.keep(t, site.number)
        if outs and not outs[0].ndim and outs[0].requires_grad and len(site.outs[0].alive) < _MOST_ALIVE:
            site.outs[0].kept(weakref.ref(outs[0]))
        return site, given, outs

    def _new(self, key: Any, func: Any, place: Reached, args: Any, kwargs: Any) -> Site:
        log = self.log
        uncompiled.again()
        if getattr(func, "namespace", "") == "profiler":
            _KINDS[func] = _QUESTION  # PyTorch's own marks: from the next call on they pass
        if place.code is not None:
            log.codes[id(place.code)] = place.code
        site = Site(
            number=len(log.sites),
            func=func,
            where=(place.code, place.at),
            through=place.through,
            layer=log.layer,
            look=flags(func),
            writes=_writes(func),
            first=log.order + 1,
            plain=_plain(args, kwargs or {}),
        )
        log.sites.append(site)
        log.at[key] = site
        return site

    def _fact(self, t: Any) -> Fact:
        try:
            leaf, needs = t.is_leaf, t.requires_grad
        except RuntimeError:  # a view of what no_grad changed: PyTorch refuses to say
            leaf, needs = False, False
        parameter = self.parameters.find(t) if leaf and needs else None
        return Fact(tuple(t.shape), str(t.dtype).removeprefix("torch."), str(t.device), needs, leaf, parameter)

    def _special(self, kind: int, func: Any, args: Any, kwargs: Any) -> Any:
        place = reached(sys._getframe(2))
        if kind == _BACKWARD:
            return self._backward(func, place, args, kwargs)
        if kind == _LEAF:
            if place.through == "add_param_group" and place.frame is not None:
                self._optimizers.made(place.frame.f_locals.get("self"), (place.code, place.at), args[0])
            return func(*args)
        if kind == _READ:
            if args[0].requires_grad and not args[0].is_leaf and not args[0].retains_grad:
                self.log.event("nonleaf", (place.code, place.at), site=self.log.made_at(args[0]))
            return func(*args)
        if kind == _GRAD:
            empty = args[1] is None or (type(args[1]) is Tensor and not bool(args[1].any()))
            self.meaning.cleared([args[0]] if empty else [], place)
            return func(*args)
        out = func(*args, **kwargs)
        self._keepsakes.shown(args[0], out, (place.code, place.at))
        return out

    def _backward(self, func: Any, place: Reached, args: Any, kwargs: Any) -> Any:
        """A backward pass: what it starts from and reaches is asked before, gradients after."""
        begun = None
        try:
            with _C.DisableTorchFunction():  # what is asked here need not pass this mode
                begun = self.backward.before(place, args, kwargs, func is torch.autograd.grad)
            if begun is not None and not self.log.alarm and not finite(begun.root):
                self.log.alarm = True
                self._alarm()
        except Exception as error:
            self.log.notes[f"A backward pass was not understood: {type(error).__name__}: {error}"[:200]] = None
        self.log.aside = False  # hooks and recomputed code below are the learner's
        try:
            return func(*args, **kwargs)
        finally:
            self.log.aside = True
            if begun is not None:
                self.backward.after(begun)
            self.log.asleep = enough(self.log.backwards, self.log.steps)

    def _alarm(self) -> None:
        """A loss is not finite: mark the sites whose results were the first not to be, as far as they still exist."""
        for ref, number in list(self.log.made.values()):
            t = ref()
            if t is not None and not finite(t):
                self.log.sites[number].nonfinite += 1


_ASSIGNED = {"__iadd__", "__isub__", "__imul__", "__itruediv__", "__idiv__", "__ipow__", "__setitem__"}


def _writes(func: Any) -> bool:
    """Whether a function writes into what it is called on."""
    name = str(getattr(func, "__name__", ""))
    if func is _DATA_SET:
        return True
    return name in _ASSIGNED or (name.endswith("_") and not name.endswith("__"))


def _plain(args: Any, kwargs: Any) -> tuple[Any, ...]:
    """The arguments that are no tensors, by position or name, short."""
    named = [(str(k), value) for k, value in enumerate(args)] + list(kwargs.items())
    found = [(name, _short(value)) for name, value in named if not isinstance(value, Tensor)]
    return tuple((name, value) for name, value in found if value is not _SKIP)


_SKIP = object()


def _short(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return value[:80]
    if isinstance(value, (torch.dtype, torch.device)):
        return str(value)
    if isinstance(value, slice):
        return ":".join("" if part is None else str(_short(part)) for part in (value.start, value.stop))
    if value is ...:
        return "..."
    if isinstance(value, (tuple, list)) and len(value) <= _INS:
        parts = [_short(part) for part in value]
        return _SKIP if any(part is _SKIP for part in parts) else tuple(parts)
    return _SKIP
