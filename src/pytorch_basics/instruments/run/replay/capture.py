"""Keeps one training batch and how its loss came about, so that experiments can compute it again on a copy.

In go the calls of whole models and of functions, as the other watchers meet them; out comes a ``Replay`` where the loss
is a function of PyTorch of the model's output, looked at or reshaped on the way. Only the last such batch is kept.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

import torch

from pytorch_basics.instruments.run.values.capture import LOSSES

MOST_STEPS = 4  # between the model's output and the loss
MOST_BYTES = 1 << 26
Step = tuple[Any, tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Replay:
    """``loss_fn(step(model(*args)), *rest)``: the model is held weakly, the batch is kept."""

    model: Any
    args: tuple[Any, ...]
    steps: tuple[Step, ...]
    loss_fn: Any
    rest: tuple[Any, ...]
    kwargs: dict[str, Any]
    name: str

    def loss(self, model: Any) -> torch.Tensor:
        """The loss of this batch with another model."""
        out = model(*self.args)
        for func, rest, kwargs in self.steps:
            out = func(out, *rest, **kwargs)
        loss: torch.Tensor = self.loss_fn(out, *self.rest, **self.kwargs)
        return loss


class Replays:
    """What is kept; ``last`` is the last whole one."""

    def __init__(self) -> None:
        self.last: Replay | None = None
        self._model: Any = None
        self._args: tuple[Any, ...] = ()
        self._steps: dict[int, tuple[Any, tuple[Step, ...]]] = {}

    def called(self, model: Any, args: tuple[Any, ...]) -> None:
        """A whole model is called, in training mode and with grad mode on."""
        plain = all(isinstance(arg, (torch.Tensor, int, float, bool, type(None))) for arg in args)
        nbytes = sum(arg.nbytes for arg in args if isinstance(arg, torch.Tensor))
        keep = plain and args and nbytes <= MOST_BYTES
        self._model = weakref.ref(model) if keep else None
        self._args = tuple(arg.detach() if isinstance(arg, torch.Tensor) else arg for arg in args) if keep else ()
        self._steps = {}

    def came_out(self, model: Any, out: Any) -> None:
        """It gave this."""
        if self._model is not None and self._model() is model and type(out) is torch.Tensor:
            self._steps[id(out)] = weakref.ref(out), ()

    def function(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> None:
        """A function was called on a tensor that came of the model's output."""
        known = self._steps.get(id(args[0])) if args else None
        if known is None or known[0]() is not args[0]:
            return
        rest = args[1:]
        if func in LOSSES:
            parts = [part for part in (*rest, *kwargs.values()) if isinstance(part, torch.Tensor)]
            if not any(part.requires_grad for part in parts):
                name = str(getattr(func, "__name__", ""))
                self.last = Replay(self._model, self._args, known[1], func, rest, dict(kwargs), name)
        elif type(out) is torch.Tensor and len(known[1]) < MOST_STEPS and not _tensors(rest, kwargs):
            self._steps[id(out)] = weakref.ref(out), (*known[1], (func, rest, dict(kwargs)))


def _tensors(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    parts = [inner for part in (*args, *kwargs.values()) for inner in (part if isinstance(part, tuple) else (part,))]
    return any(isinstance(part, torch.Tensor) for part in parts)
