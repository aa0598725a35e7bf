"""Writes down the aten ops below calls, and those that autograd runs, with shapes and memory.

In go a ``Log`` and every op that passes the dispatch mode; out come tuples in the log. Neither versions nor gradients
are there to be seen at this depth. All of this is on the path of every op, so it is written to be quick.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import torch
from torch._C import DisableTorchFunction, _current_graph_task_id
from torch.utils._python_dispatch import TorchDispatchMode

from pytorch_basics.instruments.trace.frames import learner
from pytorch_basics.instruments.trace.log import Log, Rare
from pytorch_basics.instruments.trace.modes.calls.capture import Functions
from pytorch_basics.instruments.trace.modes.capture import CALL, Aside, Tensor, collect, node_now, versions_of

_aten = torch.ops.aten
# What a formula needs besides shapes: whether a convolution is transposed, and which gradients were wanted.
_EXTRA = {_aten.convolution.default: 6, _aten.convolution_backward.default: 7}
_ANSWERS = {
    *("size", "stride", "numel", "storage_offset", "sym_size", "sym_stride", "sym_numel", "sym_storage_offset", "dim"),
    *("is_contiguous", "sym_is_contiguous", "is_strides_like_format", "is_non_overlapping_and_dense"),
}
_LIFT = {_aten.lift_fresh.default, _aten.lift.default}  # how torch.tensor(…) shows the memory it filled


class Aten(TorchDispatchMode):
    """Sees the aten ops, those of a backward pass too, but neither versions nor gradients."""

    supports_higher_order_operators = True

    def __init__(self, log: Log, functions: Functions) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # PyTorch's own
        self.log, self.functions = log, functions

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # True imports torch._dynamo at the first op: a second, for nothing here

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        log = self.log
        if log.busy:
            return func(*args, **kwargs or {})
        about = _ABOUT.get(id(func)) or _learn(func)
        if about.question:
            return func(*args, **kwargs or {})
        if about.whole and torch.is_inference_mode_enabled():
            with self:  # inference mode takes no op apart above us; so that its parts show, it is done here
                return func.decompose(*args, **kwargs or {})
        if not log.open:
            return self._alone(func, about, args, kwargs or {})
        if log.foreign:
            return self._shared(func, about, args, kwargs or {})
        given: list[Any] = []
        collect(args, given)
        if kwargs:
            collect(kwargs.values(), given)
        ins = log.tensors_of(given, about.lift)
        out = func(*args, **kwargs) if kwargs else func(*args)
        if type(out) is not Tensor or about.special:
            self._end(func, about, args, kwargs or {}, ins, out)
            return out
        known = len(log.storages)
        number = log.tensor(out, True)
        log.aten.append((func, ins, number, log.storages[known][1] if len(log.storages) > known else 0))
        return out

    def _shared(self, func: Any, about: _About, args: Any, kwargs: Any) -> Any:
        """The same where others, modes or subclasses, would notice what is asked of a tensor."""
        log = self.log
        with Aside(log):
            ins = self._begin(about, args, kwargs)[1]
        out = func(*args, **kwargs)
        with Aside(log):
            self._end(func, about, args, kwargs, ins, out)
        return out

    def _begin(self, about: _About, args: Any, kwargs: Any) -> tuple[list[Any], tuple[Any, ...]]:
        log = self.log
        if log.dead:
            log.bury()
        given: list[Any] = []
        collect(args, given)
        if kwargs:
            collect(kwargs.values(), given)
        return given, log.tensors_of(given, about.lift)

    def _end(self, func: Any, about: _About, args: Any, kwargs: Any, ins: tuple[Any, ...], out: Any) -> Any:
        log, before = self.log, len(self.log.storages)
        if type(out) is Tensor:
            outs: Any = log.tensor(out, True)
        else:
            found: list[Any] = []
            collect((out,), found)
            outs = log.tensors_of(found, True)
        new = 0
        for made in log.storages[before:]:
            new += made[1]
        if about.writes:
            for t in _targets(about, args, kwargs):
                log.hits.append(log.tensor(t))
                number = log.storage(t, True)
                new += log.resized(number, t) if number >= 0 else 0
        if about.extra is not None:
            log.extra[len(log.aten)] = args[about.extra :]
        log.aten.append((func, ins, outs, new))
        return outs

    def _alone(self, func: Any, about: _About, args: Any, kwargs: Any) -> Any:
        """An aten op that no call of the learner's is above: in a backward pass, or from C++."""
        if about.aside:
            return self._plain(func, args, kwargs)
        log, first = self.log, len(self.log.aten)
        site = learner(sys._getframe(2), CALL, self.functions.site)
        if site[0] is None and log.backward:
            site = log.backward  # a backward pass on a device runs in a thread of its own
        with Aside(log):
            given, ins = self._begin(about, args, kwargs)
            before = versions_of(given)
        out = self._plain(func, args, kwargs)
        with Aside(log):
            outs = self._end(func, about, args, kwargs, ins, out)
            if about.writes:
                self._wrote(about, args, kwargs)
                found: list[Any] = []
                collect((out,), found)
                outs = log.tensors_of(found)
            node, sequence = node_now() if _current_graph_task_id() >= 0 else (None if log.backward is None else "", -1)
            if node is not None:
                log.rare[len(log.ops)] = log.rare.get(len(log.ops), Rare())._replace(node=node)
            if log.dead:
                log.bury()
            # Below autograd no version counter has moved yet.
            versions = None if isinstance(outs, int) else (None,) * len(outs)
            log.ops.append((func, site, log.module, ins, before, None, outs, versions, first, log.live, sequence))
        return out

    def _wrote(self, about: _About, args: Any, kwargs: Any) -> None:
        log, hit = self.log, _targets(about, args, kwargs)
        log.hits.clear()
        if hit:
            written = tuple([log.tensor(t) for t in hit])
            log.rare[len(log.ops)] = Rare(written=written, seen=tuple(log.onlookers(hit, written)))
            for t in hit:
                log.forget(t)

    def _plain(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Run an op without the function mode noticing; Python code of the learner's below it is not switched off."""
        if getattr(func, "namespace", "") == "aten":
            with DisableTorchFunction():
                return func(*args, **kwargs)
        self.log.open = True
        try:
            return func(*args, **kwargs)
        finally:
            self.log.open = False


class _About(NamedTuple):
    """What is asked of every aten op, once."""

    func: Any  # kept, so that its identity stays its own
    whole: bool  # whether it is made of other ops, which inference mode would hide
    writes: tuple[tuple[int, str], ...]  # the arguments that it writes into
    extra: int | None
    lift: bool
    special: bool  # whether it needs more than a look at what it returned
    question: bool  # whether it is how a subclass answers for its shape
    aside: bool  # whether it is no op where nobody called it: a profiler's mark, torch.from_numpy handing memory on


_ABOUT: dict[int, _About] = {}


def _learn(func: Any) -> _About:
    space, _, name = str(getattr(func, "_overloadpacket", func)).partition(".")
    question = space == "prim" or (space == "aten" and name in _ANSWERS)
    schema = getattr(func, "_schema", None)  # an operator of higher order (torch.cond) has none
    named = enumerate(schema.arguments if schema is not None and schema.is_mutable else ())
    writes = tuple((k, one.name) for k, one in named if one.alias_info is not None and one.alias_info.is_write)
    whole = schema is not None and not question and _composite(func)
    extra = _EXTRA.get(func)
    lift, special = func in _LIFT, bool(writes) or extra is not None
    aside = lift or getattr(func, "namespace", "") == "profiler"
    found = _ABOUT[id(func)] = _About(func, whole, writes, extra, lift, special, question, aside)
    return found


def _targets(about: _About, args: Any, kwargs: Any) -> list[Any]:
    """The tensors that an aten op was called to write into."""
    found: list[Any] = []
    collect([args[k] if k < len(args) else kwargs.get(name) for k, name in about.writes], found)
    return found


def _composite(func: Any) -> bool:
    key = torch._C.DispatchKey.CompositeImplicitAutograd
    try:
        return key in func.py_kernels or torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), key)
    except RuntimeError:  # an op that the dispatcher does not know
        return False
