"""Watches PyTorch while code runs, and changes nothing; the only file here that imports torch.

In goes a ``Log``; while a ``Watch`` is on, a function mode writes each call as the learner wrote it into it, a
dispatch mode the aten ops below, and global module hooks the module that runs. Nothing is patched or wrapped; modes
and hooks are gone afterwards. Everything here is on the path of every op: it is written to be quick.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

import torch
from torch._C import (
    DisableTorchFunction,
    _current_autograd_node,
    _current_graph_task_id,
    _get_dispatch_stack_at,
    _get_function_stack_at,
    _len_torch_dispatch_stack,
    _len_torch_function_stack,
    _pop_torch_dispatch_stack,
    _pop_torch_function_stack,
    _push_on_torch_dispatch_stack,
    _push_on_torch_function_stack,
    _storage_id,
)
from torch.autograd import _get_sequence_nr
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes

from pytorch_basics.instruments.trace import names
from pytorch_basics.instruments.trace.frames import Site, learner
from pytorch_basics.instruments.trace.log import Log, Rare, RawModule

Tensor = torch.Tensor
Values = str | None

# Answers about a tensor, not ops: no memory changes and no tensor comes back.
_ASKED = (
    *("size", "dim", "stride", "numel", "nelement", "ndimension", "storage_offset", "element_size", "data_ptr"),
    *("is_contiguous", "is_floating_point", "is_complex", "untyped_storage", "get_device", "register_hook"),
    *("__len__", "__hash__", "__repr__", "__format__", "__dir__", "retain_grad", "register_post_accumulate_grad_hook"),
)
_GIVE = {"T", "H", "mT", "mH", "data", "real", "imag"}  # attributes that are ops: a tensor comes back, often a view
_ATTRIBUTES = {name for name in dir(Tensor) if hasattr(getattr(Tensor, name), "__set__")}
_QUESTIONS = {getattr(Tensor, name) for name in _ASKED}
_QUESTIONS |= {getattr(Tensor, name).__get__ for name in _ATTRIBUTES - _GIVE} | {torch._C._set_grad_enabled}
_SETS = {Tensor.data.__set__}  # type: ignore[attr-defined]  # an attribute of C
_BACKWARD = {Tensor.backward, torch.autograd.backward, torch.autograd.grad}
_ASIDE = _QUESTIONS | _BACKWARD | _SETS
_FUSED = (torch.nn.TransformerEncoder, torch.nn.TransformerEncoderLayer, torch.nn.MultiheadAttention)
_CALL = torch.nn.Module._call_impl.__code__
_aten = torch.ops.aten
# What a formula needs besides shapes: whether a convolution is transposed, and which gradients were wanted.
_EXTRA = {_aten.convolution.default: 6, _aten.convolution_backward.default: 7}
_LIFT = {_aten.lift_fresh.default, _aten.lift.default}  # how torch.tensor(…) shows the memory it filled
MOST_SAMPLED = 4096
ELSEWHERE = "Modules also ran in another thread; a trace sees only the thread that it began in."

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


class _Functions(TorchFunctionMode):
    """Sees each call as it was written, with versions and gradients, but not what runs below."""

    def __init__(self, log: Log, values: Values) -> None:
        super().__init__()
        self.log, self.values = log, values
        self.site: Site | None = None  # where the running module was called

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        log = self.log
        if log.open or func in _ASIDE:
            if func in _BACKWARD and not log.open:
                return self._backward(func, args, kwargs or {})
            if func in _SETS and not log.open:
                return self._set(func, args)
            return func(*args, **kwargs) if kwargs else func(*args)
        foreign = log.foreign = bool(types) or _len_torch_function_stack() > 0
        if foreign:
            with DisableTorchFunction():
                begun = self._begin(args, kwargs)
        else:
            begun = self._begin(args, kwargs)
        site = learner(sys._getframe(1), _CALL, self.site)
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
        return given, tuple([log.tensor(t) for t in given]), _versions(given), len(log.aten), _get_sequence_nr()

    def _end(self, func: Any, out: Any, begun: tuple[Any, ...], site: Site) -> None:
        log = self.log
        given, ins, before, first, start = begun
        after, sequence = _versions(given), _get_sequence_nr()
        rare = None
        if before == after:
            after = before
        if before is not after or log.hits:
            rare = self._written(given, ins, before, after)
        if type(out) is Tensor:
            outs: Any = log.tensor(out, True)
            versions: Any = _version(out)
            log.grads[outs] = out.requires_grad
            found = [out] if self.values else ()
        else:
            found = []
            _collect((out,), found)
            if not found and (rare is None or not rare.written):
                if not given:
                    del log.aten[first:]  # a profiler's mark: no tensor has to do with it
                if first == len(log.aten):
                    return  # nothing ran, nothing came back, nothing changed: not an op
            outs, versions = tuple([log.tensor(t, True) for t in found]), _versions(found)
            for number, t in zip(outs, found, strict=True):
                log.grads[number] = t.requires_grad
        if self.values:
            rare = (rare or Rare())._replace(samples=tuple([_sample(t, self.values) for t in found]))
        sequence = sequence - 1 if sequence > start else -1
        if log.backward is not None and _current_graph_task_id() >= 0:
            node, sequence = _node()
            rare = (rare or Rare())._replace(node=node)
        if log.dead:
            log.bury()
        if rare is not None:
            log.rare[len(log.ops)] = rare
        log.ops.append((func, site, log.module, ins, before, after, outs, versions, first, log.live, sequence))

    def _written(self, given: Any, ins: Any, before: Any, after: Any) -> Rare | None:
        """What an op wrote into, and who else sees that; its inputs get new numbers where their shape changed.

        Some kernels move no version (those for lists of tensors, anything in inference mode): what an aten op below
        was called to write into counts as well.
        """
        log = self.log
        hit = [k for k, number in enumerate(ins) if before[k] != after[k] or number in log.hits]
        log.hits.clear()
        if not hit:
            return None
        written = tuple([ins[k] for k in hit])
        seen = tuple(log.onlookers([given[k] for k in hit], written))
        for t in given:
            log.forget(t)
        return Rare(written=written, seen=seen)

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
        site = learner(sys._getframe(2), _CALL, self.site)
        with DisableTorchFunction():
            given, ins, before, first, _ = self._begin(args, None)
            func(*args)
            for t in given:
                log.forget(t)
            log.ops.append((func, site, log.module, ins, before, before, (), (), first, log.live, -1))

    def _backward(self, func: Any, args: Any, kwargs: Any) -> Any:
        """A backward pass: written down as a call of its own, then what it runs."""
        log = self.log
        site = learner(sys._getframe(2), _CALL, self.site)
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


class _Aten(TorchDispatchMode):
    """Sees the aten ops, those of a backward pass too, but neither versions nor gradients."""

    supports_higher_order_operators = True

    def __init__(self, log: Log, functions: _Functions) -> None:
        super().__init__()
        self.log, self.functions = log, functions

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # True imports torch._dynamo at the first op: a second, for nothing here

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        log = self.log
        about = _ABOUT.get(id(func)) or _learn(func)
        if about.whole and torch.is_inference_mode_enabled():
            with self:  # in inference mode PyTorch does not take an op apart above us; so that its parts show, it is here
                return func.decompose(*args, **kwargs or {})
        if not log.open:
            return self._alone(func, about, args, kwargs or {})
        if log.foreign:
            return self._shared(func, about, args, kwargs or {})
        given: list[Any] = []
        _collect(args, given)
        if kwargs:
            _collect(kwargs.values(), given)
        ins = tuple([log.tensor(t, about.lift) for t in given])
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
        return given, tuple([log.tensor(t, about.lift) for t in given])

    def _end(self, func: Any, about: _About, args: Any, kwargs: Any, ins: tuple[Any, ...], out: Any) -> Any:
        log, before = self.log, len(self.log.storages)
        if type(out) is Tensor:
            outs: Any = log.tensor(out, True)
        else:
            found: list[Any] = []
            _collect((out,), found)
            outs = tuple([log.tensor(t, True) for t in found])
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
        site = learner(sys._getframe(2), _CALL, self.functions.site)
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
                outs = tuple([log.tensor(t) for t in found])
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


def _version(tensor: Tensor) -> int | None:
    try:
        return tensor._version
    except (RuntimeError, NotImplementedError):
        return None


def _node() -> tuple[str, int]:
    """The name and the number of the autograd node that runs; a leaf's node says 2⁶⁴ − 1."""
    node = _current_autograd_node()
    if node is None:
        return "", -1
    sequence = node._sequence_nr()
    return node.name(), sequence if sequence < 1 << 60 else -1


def _sample(tensor: Tensor, values: Values) -> Any:
    """A copy of some values now (they may be gone later), up to 4,096 of them or all, and how many there are."""
    with DisableTorchFunction(), _disable_current_modes(), torch.no_grad():
        try:
            whole = tensor.detach()
            if values == "copy":
                return whole.clone(), whole.numel()
            flat = whole.reshape(-1) if whole.numel() <= MOST_SAMPLED or whole.is_contiguous() else whole.flatten()
            return flat[:: -(-flat.numel() // MOST_SAMPLED) or 1].clone(), whole.numel()
        except (RuntimeError, NotImplementedError):
            return None


def array(tensor: Tensor) -> Any:
    """The values of a kept tensor for NumPy; None where it has none."""
    with DisableTorchFunction(), _disable_current_modes(), torch.no_grad():
        try:
            plain = tensor.float() if tensor.dtype in (torch.bfloat16, torch.float16) else tensor
            return plain.resolve_conj().resolve_neg().cpu().numpy().reshape(-1)
        except (RuntimeError, NotImplementedError, TypeError):
            return None


class Watch:
    """Modes and hooks, put on and taken off together; what they see goes into ``log``.

    ``given`` are tensors and modules by the names they have from the start; ``frame`` is the learner's, whose
    variables are looked at when a write needs to know who else may see it, and for names at the end.
    """

    def __init__(self, given: dict[str, object], frame: FrameType | None, values: Values = None) -> None:
        self.log = Log(_storage_id)
        self.log.around = self._around
        self._given, self._frame = given, frame
        self._functions = _Functions(self.log, values)
        self._aten = _Aten(self.log, self._functions)
        self._running: list[tuple[int | None, Site | None, bool]] = []
        self._paths: dict[int, tuple[weakref.ref[Any], str, bool]] = {}
        self._roots: list[weakref.ref[Any]] = []

    def on(self) -> None:
        """Begin."""
        with DisableTorchFunction():
            for name, value in self._given.items():
                if isinstance(value, Tensor):
                    self.log.names.setdefault(self.log.tensor(value), name)
                elif isinstance(value, torch.nn.Module):
                    self._root(value)
        self._handles = [
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, always_call=True),
        ]
        self._functions.__enter__()
        self._aten.__enter__()

    def off(self) -> None:
        """End, also where the learner left a mode of their own open above ours."""
        _take_out(self._aten, _len_torch_dispatch_stack, _get_dispatch_stack_at, _pop_torch_dispatch_stack,
                  _push_on_torch_dispatch_stack, self._aten.__exit__)  # fmt: skip
        _take_out(self._functions, _len_torch_function_stack, _get_function_stack_at, _pop_torch_function_stack,
                  _push_on_torch_function_stack, self._functions.__exit__)  # fmt: skip
        for handle in self._handles:
            handle.remove()
        with DisableTorchFunction():
            self._name()
        self.log.close()
        self._given, self._frame = {}, None

    def _enter(self, module: torch.nn.Module, args: Any) -> None:
        log = self.log
        if threading.get_ident() != log.thread:
            if ELSEWHERE not in log.notes:
                log.notes.append(ELSEWHERE)
            return
        known = self._paths.get(id(module))
        if known is None or known[0]() is not module:
            self._root(module)  # the outermost module of its kind here: its paths begin with it
            known = self._paths[id(module)]
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code is not _CALL:
            frame = frame.f_back
        caller = frame and frame.f_back and frame.f_back.f_back
        outer = self._functions.site
        site = learner(frame and frame.f_back, _CALL, outer)
        direct = caller is not None and caller.f_code is site[0]
        log.modules.append(
            RawModule(known[1], type(module).__name__, log.module, len(log.ops), (site[0], site[1], direct))
        )
        self._running.append((id(module), log.module, outer, known[2] and self._leave_for(module)))
        log.module, self._functions.site = len(log.modules) - 1, site

    def _leave(self, module: torch.nn.Module, args: Any, out: Any) -> None:
        log = self.log
        if threading.get_ident() != log.thread:
            return
        while self._running:  # more than once only after an interrupt that somebody caught
            call = log.modules[log.module]  # type: ignore[index]  # one is running
            call.end = len(log.ops)
            who, log.module, self._functions.site, left = self._running.pop()
            if left:
                _push_on_torch_function_stack(self._functions)
            if who == id(module):
                if type(out) is Tensor:
                    call.out = log.known(out)
                return

    def _root(self, module: torch.nn.Module) -> None:
        self._roots.append(weakref.ref(module))
        for path, part in module.named_modules():
            self._paths[id(part)] = weakref.ref(part), path, isinstance(part, _FUSED)

    def _leave_for(self, module: torch.nn.Module) -> bool:
        """Take the function mode off while a module runs that would switch its fused path off because of it."""
        fused = not module.training and not (
            torch.is_grad_enabled() and any(p.requires_grad for p in module.parameters())
        )
        count = _len_torch_function_stack()
        if not fused or count == 0 or _get_function_stack_at(count - 1) is not self._functions:
            return False
        _pop_torch_function_stack()
        return True

    def _around(self) -> None:
        """Number the variables of the learner's frame, so that a write is followed to those it did not touch."""
        for part in names.named(self._frame, _is_tensor, _no):
            self.log.tensor(part.tensor)
        names.forget(self._frame)

    def _name(self) -> None:
        """What tensors that were met are called: parameters by their path, then variables, then gradients."""
        log = self.log
        for module in filter(None, [root() for root in self._roots]):
            for path, held in (*module.named_parameters(), *module.named_buffers()):
                self._call(held, path, log.names)
        # The parameters of a model that was not called (an optimizer's step alone) are named by its variable.
        alone = any(raw[3] is torch.nn.Parameter and k not in log.names for k, raw in enumerate(log.tensors))
        is_module = _is_module if alone else _no
        for part in names.named(self._frame, _is_tensor, is_module):
            self._call(part.tensor, part.name, log.variables)
        names.forget(self._frame)

    def _call(self, tensor: Tensor, name: str, into: dict[int, str]) -> None:
        number = self.log.known(tensor)
        if number is not None:
            into.setdefault(number, name)
        if tensor.is_leaf and tensor.grad is not None:
            number = self.log.known(tensor.grad)
            if number is not None:
                into.setdefault(number, f"{name}.grad")


def _is_tensor(value: object) -> bool:
    return isinstance(value, Tensor)


def _is_module(value: object) -> bool:
    return isinstance(value, torch.nn.Module)


def _no(value: object) -> bool:
    return False


def _leave_uncompiled(*entries: Any) -> None:
    """A function compiled by ``torch.compile`` runs op by op under a mode; our own code is not to be compiled instead."""
    from torch._C._dynamo.eval_frame import _FrameAction, _FrameExecStrategy, set_code_exec_strategy

    for entry in entries:
        set_code_exec_strategy(entry.__code__, _FrameExecStrategy(_FrameAction.SKIP, _FrameAction.SKIP))


_leave_uncompiled(_Functions.__torch_function__, _Aten.__torch_dispatch__, Watch._enter, Watch._leave)


def _take_out(mode: Any, count: Callable[[], int], at: Callable[[int], Any], pop: Callable[[], Any],
              push: Callable[[Any], None], leave: Callable[..., Any]) -> None:  # fmt: skip
    """Remove a mode from wherever it stands, with those above it put back in their order."""
    places = [k for k in range(count()) if at(k) is mode]
    if not places:
        return
    above = [pop() for _ in range(count() - places[-1] - 1)]
    leave(None, None, None)
    for other in reversed(above):
        push(other)
