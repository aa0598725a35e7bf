"""Writes down what PyTorch runs, as it runs: calls as they are written, and the aten ops below them.

In go a ``Log`` and whatever passes the two modes; out come tuples in the log. Nothing is wrapped, and what passes is
passed on as it came. All of this is on the path of every op, so it is written to be quick: one look-up where several
would read better, and no object that is not needed.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import torch
from torch._C import DisableTorchFunction, _current_autograd_node, _current_graph_task_id, _len_torch_function_stack
from torch.autograd import _get_sequence_nr  # type: ignore[attr-defined]  # it is there, and not declared
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from pytorch_basics.instruments.trace.frames import Site, learner
from pytorch_basics.instruments.trace.log import Log, Rare
from pytorch_basics.instruments.trace.values.capture import Values, sample

Tensor = torch.Tensor
CALL = torch.nn.Module._call_impl.__code__  # its frame stands between a module's forward and who called the module

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
_aten = torch.ops.aten
# What a formula needs besides shapes: whether a convolution is transposed, and which gradients were wanted.
_EXTRA = {_aten.convolution.default: 6, _aten.convolution_backward.default: 7}
_LIFT = {_aten.lift_fresh.default, _aten.lift.default}  # how torch.tensor(…) shows the memory it filled

# What a value of a type is: 0 nothing of ours, 1 a tensor, 2 a list that may hold some.
_KIND: dict[type, int] = {Tensor: 1, torch.nn.Parameter: 1, list: 2, tuple: 2}


def _kind(kind: type) -> int:
    found = 1 if issubclass(kind, Tensor) else 2 if issubclass(kind, list | tuple) else 0
    if kind.__module__ == "builtins" or kind.__module__.partition(".")[0] == "torch":
        _KIND[kind] = found  # not the learner's own classes: they are redefined and would pile up
    return found


def _collect(parts: Any, found: list[Any]) -> None:
    for part in parts:
        what = _KIND.get(type(part))
        if what is None:
            what = _kind(type(part))
        if what == 1:
            found.append(part)
        elif what:
            _collect(part, found)


def _versions(tensors: list[Any]) -> tuple[int | None, ...]:
    try:
        return tuple([t._version for t in tensors])
    except (RuntimeError, NotImplementedError):  # made in inference mode: no version is kept
        return tuple([None for _ in tensors])


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
            with DisableTorchFunction():
                begun = self._begin(args, kwargs)
        else:
            begun = self._begin(args, kwargs)
        site = learner(sys._getframe(1), CALL, self.site)
        log.open = True
        try:
            out = func(*args, **kwargs) if kwargs else func(*args)
        except BaseException as raised:
            with DisableTorchFunction():
                self._failed(func, begun, site, raised)
            raise
        finally:
            log.open = False
        if foreign:
            with DisableTorchFunction():
                self._end(func, out, begun, site)
        else:
            self._end(func, out, begun, site)
        return out

    def _begin(self, args: Any, kwargs: Any) -> tuple[Any, ...]:
        log = self.log
        if log.dead:
            log.bury()
        given: list[Any] = []
        _collect(args, given)
        if kwargs:
            _collect(kwargs.values(), given)
        ins = log.tensors_of(given)
        try:
            before: tuple[int | None, ...] = tuple([t._version for t in given])
        except (RuntimeError, NotImplementedError):
            before = _versions(given)
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
            _collect((out,), found)
            if not found and rare is None:
                if not given:
                    del log.aten[first:]  # a profiler's mark: no tensor has to do with it
                if first == len(log.aten):
                    return  # nothing ran, nothing came back, nothing changed: not an op
            outs, versions = log.tensors_of(found, True), _versions(found)
            for number, t in zip(outs, found, strict=True):
                log.grads[number] = t.requires_grad
        if self.values:
            samples = tuple([sample(t, self.values) for t in ([out] if found is None else found)])
            rare = (rare or Rare())._replace(samples=samples)
        sequence = sequence - 1 if sequence > start else -1
        if log.backward is not None and _current_graph_task_id() >= 0:
            node, sequence = _node()
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
        log, after = self.log, _versions(given)
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
        log.ops.append((func, site, log.module, ins, before, _versions(given), (), (), first, log.live, -1))

    def _set(self, func: Any, args: Any) -> None:
        """``x.data = y``: no version moves, and ``x`` lies elsewhere afterwards."""
        log = self.log
        site = learner(sys._getframe(2), CALL, self.site)
        with DisableTorchFunction():
            given, ins, before, first, _ = self._begin(args, None)
            func(*args)
            for t in given:
                log.forget(t)
            log.ops.append((func, site, log.module, ins, before, before, (), (), first, log.live, -1))

    def _backward(self, func: Any, args: Any, kwargs: Any) -> Any:
        """A backward pass: written down as a call of its own, then what it runs."""
        log = self.log
        site = learner(sys._getframe(2), CALL, self.site)
        with DisableTorchFunction():
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
        about = _ABOUT.get(id(func)) or _learn(func)
        if about.whole and torch.is_inference_mode_enabled():
            with self:  # inference mode takes no op apart above us; so that its parts show, it is done here
                return func.decompose(*args, **kwargs or {})
        if not log.open:
            return self._alone(func, about, args, kwargs or {})
        if log.foreign:
            return self._shared(func, about, args, kwargs or {})
        given: list[Any] = []
        _collect(args, given)
        if kwargs:
            _collect(kwargs.values(), given)
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
        with DisableTorchFunction():
            ins = self._begin(about, args, kwargs)[1]
        out = func(*args, **kwargs)
        with DisableTorchFunction():
            self._end(func, about, args, kwargs, ins, out)
        return out

    def _begin(self, about: _About, args: Any, kwargs: Any) -> tuple[list[Any], tuple[Any, ...]]:
        log = self.log
        if log.dead:
            log.bury()
        given: list[Any] = []
        _collect(args, given)
        if kwargs:
            _collect(kwargs.values(), given)
        return given, log.tensors_of(given, about.lift)

    def _end(self, func: Any, about: _About, args: Any, kwargs: Any, ins: tuple[Any, ...], out: Any) -> Any:
        log, before = self.log, len(self.log.storages)
        if type(out) is Tensor:
            outs: Any = log.tensor(out, True)
        else:
            found: list[Any] = []
            _collect((out,), found)
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
        with DisableTorchFunction():
            given, ins = self._begin(about, args, kwargs)
            before = _versions(given)
        out = self._plain(func, args, kwargs)
        with DisableTorchFunction():
            outs = self._end(func, about, args, kwargs, ins, out)
            if about.writes:
                self._wrote(about, args, kwargs)
                found: list[Any] = []
                _collect((out,), found)
                outs = log.tensors_of(found)
            node, sequence = _node() if _current_graph_task_id() >= 0 else (None if log.backward is None else "", -1)
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
    aside: bool  # whether it is no op where nobody called it: a profiler's mark, torch.from_numpy handing memory on


_ABOUT: dict[int, _About] = {}


def _learn(func: Any) -> _About:
    schema = getattr(func, "_schema", None)  # an operator of higher order (torch.cond) has none
    named = enumerate(schema.arguments if schema is not None and schema.is_mutable else ())
    writes = tuple((k, one.name) for k, one in named if one.alias_info is not None and one.alias_info.is_write)
    whole = schema is not None and func is not torch.ops.prim.device.default and _composite(func)
    extra = _EXTRA.get(func)
    lift, special = func in _LIFT, bool(writes) or extra is not None
    aside = lift or getattr(func, "namespace", "") == "profiler"
    found = _ABOUT[id(func)] = _About(func, whole, writes, extra, lift, special, aside)
    return found


def _targets(about: _About, args: Any, kwargs: Any) -> list[Any]:
    """The tensors that an aten op was called to write into."""
    found: list[Any] = []
    _collect([args[k] if k < len(args) else kwargs.get(name) for k, name in about.writes], found)
    return found


def _composite(func: Any) -> bool:
    key = torch._C.DispatchKey.CompositeImplicitAutograd
    return key in func.py_kernels or torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), key)


def _node() -> tuple[str, int]:
    """The name and the number of the autograd node that runs; a leaf's node says 2⁶⁴ − 1."""
    node = _current_autograd_node()
    if node is None:
        return "", -1
    sequence = node._sequence_nr()
    return node.name(), sequence if sequence < 1 << 60 else -1
