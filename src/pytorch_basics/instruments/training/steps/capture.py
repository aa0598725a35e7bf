"""Runs a training step and writes down what it did in which order; the only file here that imports torch.

In goes the learner's function, which really runs and really trains; out comes a ``StepsRecord``. Forward and step are
seen through torch's global hooks; backward, ``zero_grad`` and writes by hand through a function mode. All are taken off
whatever happens. Parameters are found as they are met: in modules that are called, in optimizers, as leaves of a loss.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.optim.optimizer import Optimizer, register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode

from pytorch_basics.instruments.graph.walk import walk
from pytorch_basics.instruments.trace.names import named
from pytorch_basics.instruments.training.steps.record import EventRecord, StateRecord, StepsRecord
from pytorch_basics.instruments.training.steps.source import Place, place
from pytorch_basics.instruments.training.steps.state import Ask, Parameters

_BACKWARD = (torch.Tensor.backward, torch.autograd.backward)
_GRAD: Any = torch.Tensor.grad  # a property written in C
_GET_GRAD, _SET_GRAD = _GRAD.__get__, _GRAD.__set__
Pending = tuple[str, Place, tuple[int, ...]]


def capture(fn: Callable[..., Any], args: Any, kwargs: Any, times: int, frame: FrameType | None) -> StepsRecord:
    """Call ``fn`` so many times under watch; an error ends it, and stands in the record."""
    timeline = Timeline(fn, frame)
    error = ""
    with timeline.watching():
        try:
            for timeline.round in range(times):
                fn(*args, **kwargs)
                timeline.flush()
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
            timeline.flush()
    known = timeline.known
    return StepsRecord(
        getattr(fn, "__name__", type(fn).__name__),
        tuple(known.names),
        tuple(known.before),
        tuple(_padded(event, known.before) for event in timeline.events),
        timeline.round + 1,
        error,
    )


def _padded(event: EventRecord, before: list[StateRecord]) -> EventRecord:
    """Parameters that were met after an event stand in it as they were when they were met."""
    missing = tuple(StateRecord(state.grad, 0.0) for state in before[len(event.states) :])
    return replace(event, states=event.states + missing)


class Timeline(TorchFunctionMode):
    """The events so far. ``zero_grad`` is seen by the gradients it asks for, one by one: it stays pending until the
    next event or the end, and is written down then, with all that it did."""

    def __init__(self, fn: Any, frame: FrameType | None) -> None:
        super().__init__()
        self.known = Parameters(Ask(_norm, _copy, _moved), _variables(fn, frame))
        self.events: list[EventRecord] = []
        self.round = 0
        self.depth = 0  # of module calls
        self.busy = False  # inside a backward pass or a step: what they do is theirs
        self.pending: Pending | None = None
        self.zeroing: FrameType | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hooks and mode on, and off again."""
        with ExitStack() as stack:
            for handle in (
                register_module_forward_pre_hook(self._enter),
                register_module_forward_hook(self._leave, always_call=True),
                register_optimizer_step_pre_hook(self._before_step),
                register_optimizer_step_post_hook(self._after_step),
            ):
                stack.callback(handle.remove)
            with self:
                yield

    def note(self, kind: str, what: str, at: Place, touched: tuple[int, ...] = ()) -> None:
        """Write an event down, with what it did to every parameter known by now."""
        with _unseen():
            states = self.known.states()
        self.events.append(EventRecord(kind, what, self.round, states, touched, at.line, at.number))

    def flush(self) -> None:
        """Write down the ``zero_grad`` that is pending."""
        if self.pending:
            what, at, touched = self.pending
            self.pending = self.zeroing = None
            self.note("zero", what, at, touched)

    def _meet(self, tensors: list[tuple[str, Any]]) -> tuple[int, ...]:
        with _unseen():
            return self.known.meet(tensors)

    def _enter(self, module: nn.Module, args: Any) -> None:
        if not self.depth:
            self.flush()
            self._meet(list(module.named_parameters()))
        self.depth += 1

    def _leave(self, module: nn.Module, args: Any, out: Any) -> None:
        self.depth -= 1
        if not self.depth and any(True for _ in module.parameters()):
            name = type(module).__name__
            self.note("forward", f"{name}(…)", place(sys._getframe(1)), self._meet(list(module.named_parameters())))

    def _before_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        self.flush()
        self._meet(_owned(optimizer))
        self.busy = True

    def _after_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        self.busy = False
        self.note("step", f"{type(optimizer).__name__}.step()", place(sys._getframe(1)), self._meet(_owned(optimizer)))

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if self.busy or self.depth:
            return func(*args, **kwargs)
        if func in _BACKWARD:
            return self._backward(func, args, kwargs)
        if self._is_zeroing(func, args):
            return func(*args, **kwargs)
        leaf = args[0] if args and _is_leaf(args[0]) else None
        if leaf is not None:
            self.flush()  # before this call writes: what it moves is not the pending ``zero_grad``'s
        version = None if leaf is None else leaf._version
        out = func(*args, **kwargs)
        if leaf is not None and leaf._version != version:
            touched = self._meet([("", leaf)])
            what = f"{self.known.names[touched[0]]}.{getattr(func, '__name__', 'op')}(…)"
            self.note("update", what, place(sys._getframe(1)), touched)
        return out

    def _backward(self, func: Any, args: Any, kwargs: Any) -> Any:
        self.flush()
        at = place(sys._getframe(2))
        roots = list(args[0]) if isinstance(args[0], (list, tuple)) else [args[0]]
        with _unseen():
            leaves = [("", leaf) for root in roots for leaf in _leaves(root)]
        touched = self._meet(leaves)
        self.busy = True
        try:
            out = func(*args, **kwargs)
        finally:
            self.busy = False
        self.note("backward", "loss.backward()" if len(roots) == 1 else "autograd.backward(…)", at, touched)
        return out

    def _is_zeroing(self, func: Any, args: Any) -> bool:
        """Whether this removes gradients, or belongs to a ``zero_grad`` that does; then it is pending from now on."""
        name = getattr(func, "__name__", "")
        if func not in (_GET_GRAD, _SET_GRAD) and not name.startswith(("zero_", "_foreach_zero_", "_record_function")):
            return False
        caller = _zero_grad(sys._getframe(2))
        if caller is not None:
            if caller is not self.zeroing:
                self.flush()
                owner = caller.f_locals["self"]
                touched = self._meet(_owned(owner))
                self.pending = f"{type(owner).__name__}.zero_grad()", place(sys._getframe(2)), touched
                self.zeroing = caller
            return True
        return self._is_zeroed_by_hand(func, name, args)

    def _is_zeroed_by_hand(self, func: Any, name: str, args: Any) -> bool:
        with _unseen():
            if func == _SET_GRAD:
                parameter, what = args[0], "grad = …" if args[1] is not None else "grad = None"
            else:
                parameter, what = (self.known.owner_of(args[0]) if name == "zero_" else None), "grad.zero_()"
        if parameter is None:
            return False
        self.flush()
        touched = self._meet([("", parameter)])
        self.pending = f"{self.known.names[touched[0]]}.{what}", place(sys._getframe(3)), touched
        return True


@contextmanager
def _unseen() -> Iterator[None]:
    """Inside, no function mode, ours or the learner's, notices what is asked of a tensor."""
    with torch._C.DisableTorchFunction(), torch.no_grad():
        yield


def _is_leaf(value: Any) -> bool:
    with _unseen():
        return isinstance(value, torch.Tensor) and value.requires_grad and value.is_leaf


def _norm(tensor: torch.Tensor | None) -> float | None:
    if tensor is None:
        return None
    values = tensor.coalesce().values() if tensor.layout == torch.sparse_coo else tensor
    return float(torch.linalg.vector_norm(values.detach().double())) if values.numel() else 0.0


def _copy(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().clone()


def _moved(now: torch.Tensor, before: torch.Tensor) -> float:
    if now.shape == before.shape and torch.equal(now, before):
        return 0.0
    return float("inf") if now.shape != before.shape else _norm(now.detach() - before) or 0.0


def _leaves(root: Any) -> list[torch.Tensor]:
    if not isinstance(root, torch.Tensor) or root.grad_fn is None:
        return []
    # The walk begins at the loss; the learner began at the other end.
    return [node.variable for node in reversed(walk(root.grad_fn).nodes) if hasattr(node, "variable")]


def _zero_grad(frame: FrameType | None) -> FrameType | None:
    """The frame of PyTorch's ``zero_grad`` that is running, if one is."""
    for _ in range(8):  # it is called from the learner's code and calls next to nothing
        if frame is None:
            return None
        if frame.f_code.co_name == "zero_grad" and isinstance(frame.f_locals.get("self"), (nn.Module, Optimizer)):
            return frame
        frame = frame.f_back
    return None


def _owned(owner: Any) -> list[tuple[str, Any]]:
    if isinstance(owner, nn.Module):
        return list(owner.named_parameters())
    return [("", parameter) for group in owner.param_groups for parameter in group["params"]]


def _variables(fn: Any, frame: FrameType | None) -> dict[int, str]:
    """What the learner calls the tensors and parameters in sight, those that the function closes over included."""
    cells = zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True) if hasattr(fn, "__code__") else ()
    held = {name: cell.cell_contents for name, cell in cells}
    found = {id(value): name for name, value in held.items() if isinstance(value, torch.Tensor)}
    for one in named(frame, lambda value: isinstance(value, torch.Tensor), lambda value: isinstance(value, nn.Module)):
        if one.module or id(one.tensor) not in found:  # ``model[0].weight`` says more than a loop's ``p``
            found[id(one.tensor)] = one.name
    return found
