"""Watches a training loop from its optimizer's steps; the only file here that imports torch.

In goes a model; while the loop runs, a hook that PyTorch calls after each optimizer step counts, and now and then
looks: a function mode is on for one step and tells which loss ``backward`` began from, and gradients are measured.
Between looks a step costs the hook alone. Everything is taken off at the end, whatever ended it.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import torch
from torch import nn
from torch.optim.optimizer import Optimizer, register_optimizer_step_post_hook
from torch.overrides import TorchFunctionMode

from pytorch_basics.errors import WrongArgument, WrongValue, wrong
from pytorch_basics.instruments.training.boundary.capture import capture as boundary
from pytorch_basics.instruments.training.boundary.capture import checked
from pytorch_basics.instruments.training.boundary.record import BoundaryRecord
from pytorch_basics.instruments.training.watch.display import Display
from pytorch_basics.instruments.training.watch.record import SampleRecord, WatchRecord

GROWTH = 1.08  # each look comes after 8% more steps, so a curve has about 90 points after 1,000 steps
MOST = 2000  # samples; more are thinned to every other one
SHARE = 60  # a picture is drawn at most so often that drawing takes one part in 60 of the time
_BACKWARD = (torch.Tensor.backward, torch.autograd.backward)


class _Roots(TorchFunctionMode):
    """Remembers what ``backward`` is called on."""

    def __init__(self) -> None:
        super().__init__()
        self.loss: torch.Tensor | None = None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in _BACKWARD:
            with torch._C.DisableTorchFunction():
                roots = args[0] if isinstance(args[0], (list, tuple)) else [args[0]]
                self.loss = roots[0].detach()
        return func(*args, **(kwargs or {}))


def take_out(mode: TorchFunctionMode) -> None:
    """Remove a function mode from wherever it stands, with those above it put back in their order."""
    count = torch._C._len_torch_function_stack()
    places = [k for k in range(count) if torch._C._get_function_stack_at(k) is mode]
    if places:
        above = [torch._C._pop_torch_function_stack() for _ in range(count - places[-1] - 1)]
        mode.__exit__(None, None, None)  # type: ignore[no-untyped-call]  # torch does not type this
        for other in reversed(above):
            torch._C._push_on_torch_function_stack(other)


class Watching:
    """One loop under watch; ``record`` is what was seen so far."""

    def __init__(self, model: nn.Module, x: Any, y: Any, planned: int | None, every: float, shown: Display) -> None:
        self.model, self.x, self.y, self.planned, self.every, self.shown = model, x, y, planned, every, shown
        self.samples: list[SampleRecord] = []
        self.steps, self.look_after = 0, 0
        self.looking = False
        self.begun = perf_counter()
        self.next_picture = self.begun + min(every, 0.2)
        self.roots = _Roots()
        self.seconds: float | None = None
        self.interrupted = ""
        self.boundary: BoundaryRecord | None = None
        self._mine = {id(p) for p in model.parameters()}
        self._optimizers: dict[int, bool] = {}
        self._handle: Any = None

    def begin(self) -> None:
        """Put the hook on; a boundary that cannot be drawn says so now, not in the middle of training."""
        self._see_boundary()
        self._handle = register_optimizer_step_post_hook(self._after_step)
        self._look()

    def end(self, raised: BaseException | None) -> None:
        """Take everything off and leave the last picture."""
        self._handle.remove()
        self._stop_looking()
        self.seconds = perf_counter() - self.begun
        self.interrupted = type(raised).__name__ if raised is not None else ""
        self._see_boundary()
        self.shown.end(self.record)

    @property
    def record(self) -> WatchRecord:
        """What was seen so far."""
        seconds = self.seconds if self.seconds is not None else perf_counter() - self.begun
        return WatchRecord(
            *(type(self.model).__name__, tuple(self.samples), self.steps, seconds),
            *(self.planned, self.boundary, self.interrupted, self.seconds is not None),
        )

    def _after_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        mine = self._optimizers.get(id(optimizer))
        if mine is None:
            held = (p for group in optimizer.param_groups for p in group["params"])
            mine = self._optimizers[id(optimizer)] = any(id(p) in self._mine for p in held)
        if not mine:
            return
        self.steps += 1
        if self.looking:
            self._sample()
        if self.steps >= self.look_after:
            self._look()
        if perf_counter() >= self.next_picture:
            self._draw()

    def _look(self) -> None:
        """Look at the next step. The mode stays off while one of the learner's is open: whoever leaves first pops the
        other's, and theirs would stay."""
        self.looking = True
        if torch._C._len_torch_function_stack() == 0:
            self.roots.__enter__()  # type: ignore[no-untyped-call]  # the same

    def _sample(self) -> None:
        loss, self.roots.loss = self.roots.loss, None
        self._stop_looking()
        value = float(loss) if loss is not None and loss.numel() == 1 else None
        self.samples.append(SampleRecord(self.steps, perf_counter() - self.begun, value, self._norm()))
        if len(self.samples) > MOST:
            del self.samples[1::2]
        self.look_after = max(self.steps, int(self.steps * GROWTH) - 1)
        if self.planned and self.steps < self.planned:
            self.look_after = min(self.look_after, self.planned - 1)  # so that the last step is among the samples

    def _stop_looking(self) -> None:
        self.looking = False
        take_out(self.roots)

    def _norm(self) -> float | None:
        grads = [p.grad for p in self.model.parameters() if p.grad is not None]
        if not grads:
            return None
        with torch.no_grad():
            return float(torch.linalg.vector_norm(torch.stack(torch._foreach_norm(grads))))

    def _see_boundary(self) -> None:
        if self.x is not None:
            with torch._C.DisableTorchFunction():
                self.boundary = boundary(self.model, self.x, self.y)

    def _draw(self) -> None:
        begun = perf_counter()
        self._see_boundary()
        self.shown.show(self.record)
        now = perf_counter()
        self.next_picture = now + max(self.every, (now - begun) * SHARE)


def check(model: Any, x: Any, y: Any, planned: Any, every: Any) -> None:
    """Raise what tells the learner what to write."""
    if not isinstance(model, nn.Module):
        raise WrongArgument(wrong("pb.watch", "model", model, "an nn.Module", "with pb.watch(model):"))
    if (x is None) != (y is None):
        missing = "y" if y is None else "x"
        raise WrongValue(
            wrong("pb.watch", missing, None, "both x and y, to draw the boundary", "pb.watch(model, x, y)")
        )
    if x is not None:
        checked(model, x, y, "pb.watch")
    if planned is not None and (isinstance(planned, bool) or not isinstance(planned, int) or planned < 1):
        raise WrongValue(wrong("pb.watch", "steps", planned, "how many optimizer steps there will be", "steps=1000"))
    if not isinstance(every, (int, float)) or not every > 0:
        raise WrongValue(wrong("pb.watch", "every", every, "seconds between pictures, above 0", "every=0.5"))
