"""Looks at a live autograd graph and runs its backward pass under watch; the only file here that imports torch.

In goes a loss; out come facts (``read``) and the live nodes. Looking unpacks nothing that a hook holds and runs no
tensor operation on the graph. Watching hangs two hooks on each node, which read the gradients that pass and keep none,
and takes every hook off again, whatever happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from math import prod, sqrt
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch._C import DisableTorchFunction, _len_torch_dispatch_stack
from torch._C._functorch import is_functorch_wrapped_tensor
from torch.utils._python_dispatch import _disable_current_modes

from pytorch_basics.errors import WrongArgument, WrongValue, wrong
from pytorch_basics.instruments.graph.facts import GraphFacts, PassFacts
from pytorch_basics.instruments.graph.freeing import free_in_order
from pytorch_basics.instruments.graph.numbers import SMALL, few, many, spread
from pytorch_basics.instruments.graph.read import LEAF, read, shape_of, spelled
from pytorch_basics.instruments.graph.record import NumbersRecord, Shape
from pytorch_basics.instruments.graph.walk import Walk, walk
from pytorch_basics.instruments.tensor.wording import caption
from pytorch_basics.instruments.trace import names

__all__ = ["capture", "check", "run"]


def _unseen() -> AbstractContextManager[None]:
    """Inside, neither a mode nor a tensor subclass notices what is asked of a tensor."""
    return _without_modes() if _len_torch_dispatch_stack() else DisableTorchFunction()


@contextmanager
def _without_modes() -> Iterator[None]:
    with DisableTorchFunction(), _disable_current_modes():
        yield


def capture(loss: torch.Tensor, frame: FrameType | None) -> tuple[GraphFacts, Walk]:
    """The facts of the graph that made ``loss``, and its live nodes."""
    with _unseen():
        live = walk(loss.grad_fn)
        free_in_order(live.nodes, live.edges)
        named = [names.Named("", loss), *names.named(frame, _is_tensor, _is_module)]
        names.forget(frame)
        return read(live, named, look, _numbers_of), live


def look(tensor: torch.Tensor) -> tuple[Shape, str, int, int, int]:
    """Shape, dtype, bytes, the identity of the storage and its bytes; 0 for a storage that cannot be asked for."""
    try:
        storage = tensor.untyped_storage()
        where, size = storage._cdata, storage.nbytes()
    except (RuntimeError, NotImplementedError):  # sparse tensors and wrappers keep their numbers elsewhere
        where, size = 0, 0
    shape = shape_of(tensor)
    return shape, spelled(tensor.dtype), prod(shape) * tensor.element_size(), where, size


def _is_tensor(value: object) -> bool:
    return isinstance(value, torch.Tensor)


def _is_module(value: object) -> bool:
    return isinstance(value, torch.nn.Module)


def _numbers_of(tensor: torch.Tensor | None, most: int | None = None, full: bool = False) -> NumbersRecord | None:
    """The numbers of a tensor; None when there is no tensor, or it has more than ``most`` elements."""
    if tensor is None:
        return None
    dtype = spelled(tensor.dtype)
    try:
        count = tensor.numel()
        if most is not None and count > most:
            return None
        if is_functorch_wrapped_tensor(tensor):
            raise ValueError("inside torch.func a tensor has no numbers of its own")
        if count <= SMALL and tensor.layout is torch.strided:
            return few(tensor.tolist(), shape_of(tensor), dtype)
        return _read(tensor.detach() if tensor.requires_grad else tensor, dtype, full)
    except (RuntimeError, TypeError, NotImplementedError, ValueError):  # no data: meta, fake, inside torch.func
        return NumbersRecord(shape_of(tensor), dtype, exact=False)


def _read(tensor: torch.Tensor, dtype: str, full: bool) -> NumbersRecord:
    if tensor.layout is not torch.strided:
        return _sparse(tensor, dtype, full)
    if tensor.is_cpu and dtype != "bfloat16" and not tensor.is_conj() and not tensor.is_neg():
        return many(tensor.numpy(), dtype, full)
    if full:
        return many(_array(tensor), dtype, full)
    # Elsewhere than on the CPU only a sample is fetched.
    count = tensor.numel()
    step = spread(count)
    taken = _array(tensor.flatten()[::step])
    part = many(taken, dtype, True)
    norm = None if part.norm is None else part.norm * sqrt(count / part.looked_at)
    zeros = 0 if step == 1 else taken.size - int(np.count_nonzero(taken))
    return NumbersRecord(shape_of(tensor), dtype, (), norm, part.looked_at, step == 1, zeros)


def _array(tensor: torch.Tensor) -> np.ndarray[Any, np.dtype[Any]]:
    plain = tensor.to(torch.float32) if tensor.dtype is torch.bfloat16 else tensor.resolve_conj().resolve_neg()
    found: np.ndarray[Any, np.dtype[Any]] = plain.cpu().numpy()
    return found


def _sparse(tensor: torch.Tensor, dtype: str, full: bool) -> NumbersRecord:
    """The norm of what a sparse tensor stores: the rest is zero."""
    if tensor.layout is not torch.sparse_coo:
        raise ValueError("only coordinates and values are read")
    values = tensor._values() if tensor.is_coalesced() else tensor.coalesce()._values()  # rows may stand there twice
    stored = _read(values, dtype, full)
    return NumbersRecord(shape_of(tensor), dtype, (), stored.norm, stored.looked_at, stored.exact, stored.zeros)


def run(live: Walk, loss: torch.Tensor, gradient: torch.Tensor | None, passed: PassFacts, *, full: bool,
        retain_graph: bool, create_graph: bool) -> None:  # fmt: skip
    """Run the real backward pass and write what passes into ``passed``; what it raises goes on."""
    watch = _Watch(live, passed, full)
    watch.leaves(passed.before)
    try:
        watch.hang()
        loss.backward(gradient, retain_graph=retain_graph, create_graph=create_graph)  # type: ignore[no-untyped-call]
    except BaseException as raised:
        passed.error = f"{type(raised).__name__}: {raised}"
        raise
    finally:
        watch.take_off()
        watch.leaves(passed.after)


Gradients = Sequence[torch.Tensor | None]


class _Watch:
    """The hooks of one backward pass. A hook that raised would end the learner's pass: what they do cannot."""

    def __init__(self, live: Walk, passed: PassFacts, full: bool) -> None:
        self.nodes, self.passed, self.full = live.nodes, passed, full
        self.variables = {k: node.variable for k, node in enumerate(live.nodes) if node.name().endswith(LEAF)}
        self.handles: list[Any] = []
        self.alone: dict[tuple[int, int], tuple[int, int]] = {}  # the only edge that ends in (node, output)
        self.meeting: dict[int, list[tuple[int, int, int]]] = {}
        self.lonely: dict[int, list[tuple[int, tuple[int, int]]]] = {}
        self.on_the_way: dict[tuple[int, int], torch.Tensor] = {}
        arriving: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for source, argument, target, output in live.edges:
            arriving.setdefault((target, output), []).append((source, argument))
        for (target, output), ways in arriving.items():
            for source, argument in ways:
                if len(ways) > 1:
                    self.meeting.setdefault(source, []).append((argument, target, output))
                else:
                    self.alone[target, output] = source, argument
                    self.lonely.setdefault(source, []).append((argument, (target, output)))

    def leaves(self, found: dict[int, NumbersRecord | None]) -> None:
        """Read what ``.grad`` of each leaf holds."""
        with _unseen():
            for k, variable in self.variables.items():
                found[k] = _numbers_of(variable.grad, full=self.full)

    def hang(self) -> None:
        for k, node in enumerate(self.nodes):
            self.handles.append(node.register_prehook(self._before(k)))
            if k in self.meeting or k in self.lonely:
                self.handles.append(node.register_hook(self._after(k)))

    def take_off(self) -> None:
        for handle in self.handles:
            handle.remove()
        self.handles.clear()
        self.on_the_way.clear()

    def _before(self, k: int) -> Callable[[Gradients], None]:
        def arrive(gradients: Gradients) -> None:
            with _unseen():
                self.passed.order.append(k)
                for output, gradient in enumerate(gradients):
                    sent = self.on_the_way.pop((k, output), None)
                    if gradient is None:
                        continue
                    self.passed.arrived[k, output] = _numbers_of(gradient, full=self.full)
                    if sent is not None and sent is not gradient and sent.shape == gradient.shape:
                        # A hook of the learner's put another gradient in its place.
                        self.passed.came[self.alone[k, output]] = _numbers_of(sent, full=self.full)

        return arrive

    def _after(self, k: int) -> Callable[[Gradients, Gradients], None]:
        meeting, lonely = self.meeting.get(k, ()), self.lonely.get(k, ())

        def leave(inputs: Gradients, _: Gradients) -> None:
            with _unseen():
                for argument, place in lonely:
                    if (sent := inputs[argument]) is not None:
                        self.on_the_way[place] = sent  # not copied; let go as soon as it arrives
                for argument, target, output in meeting:
                    if (sent := inputs[argument]) is not None:
                        self.passed.came[k, argument] = self._contribution(sent, target, output)

        return leave

    def _contribution(self, sent: torch.Tensor, target: int, output: int) -> NumbersRecord | None:
        """What ``sent`` adds to a gradient: the engine sums over the dimensions that broadcasting stretched."""
        shape = self.nodes[target]._input_metadata[output].shape
        if sent.shape != shape and sent.layout is torch.strided:
            sent = sent.detach().sum_to_size(shape)
        return _numbers_of(sent, full=self.full)


def check(loss: object, gradient: object, trace: object) -> None:
    """Raise what tells the learner what to write when ``loss`` has no graph to draw or no gradient to start from."""
    if trace is not None and not hasattr(getattr(trace, "record", trace), "ops"):
        wanted, instead = "what pb.trace gave", "with pb.tracing() as t: loss = …, then pb.graph(loss, trace=t)"
        raise WrongArgument(wrong("pb.graph", "trace", trace, wanted, instead))
    if not isinstance(loss, torch.Tensor):
        raise WrongArgument(wrong("pb.graph", "loss", loss, "a tensor that was computed", _instead_of(loss)))
    with _unseen():
        what, instead = _trouble(loss)
        if what:
            raise WrongValue(f"pb.graph: loss {what}. Write instead: {instead}")
        if gradient is None and (loss.numel() != 1 or loss.is_complex()):
            raise WrongValue(
                f"pb.graph: loss is {_caption(loss)}, not one real number, so PyTorch cannot know which gradient to "
                f"start from. Write instead: pb.graph(loss.sum()), or pb.graph(loss, gradient=torch.ones_like(loss))"
            )
        if gradient is None:
            return
        if not isinstance(gradient, torch.Tensor):
            wanted = f"a tensor {_caption(loss)}, like loss"
            raise WrongArgument(wrong("pb.graph", "gradient", gradient, wanted, "gradient=torch.ones_like(loss)"))
        if gradient.shape != loss.shape:
            raise WrongValue(
                f"pb.graph: gradient is {_caption(gradient)}; wanted the shape of loss, {_caption(loss)}. "
                f"Write instead: gradient=torch.ones_like(loss)"
            )


def _trouble(loss: torch.Tensor) -> tuple[str, str]:
    if is_functorch_wrapped_tensor(loss):
        return "is inside torch.func (grad, vmap, …), which keeps its own graph", "pb.graph(loss) outside of it"
    if loss.grad_fn is not None:
        return "", ""
    if loss.requires_grad:
        return "is a leaf: nothing was computed from it yet, so there is no graph", "pb.graph(f(x)) with a result of x"
    if not torch.is_grad_enabled():
        return "has no grad_fn, and gradients are switched off here (torch.no_grad())", "pb.graph(loss) outside of it"
    made = "it was detached, made under torch.no_grad(), or no tensor it came from has requires_grad=True"
    return f"has no grad_fn: {made}", "x = torch.tensor(…, requires_grad=True), then compute loss from x"


def _instead_of(value: object) -> str:
    if isinstance(value, list | tuple) and value and all(isinstance(part, torch.Tensor) for part in value):
        return "pb.graph(losses[0]), or pb.graph(sum(losses)) for all of them"
    if isinstance(value, torch.nn.Module):
        return "pb.graph(loss), where loss was computed with the model"
    if isinstance(value, int | float):
        return "pb.graph(loss) before .item(), which gives a plain number without a graph"
    return "pb.graph(loss), where loss is a tensor"


def _caption(tensor: torch.Tensor) -> str:
    return caption(spelled(tensor.dtype), tuple(tensor.shape))
