"""Computes losses and their derivatives at many logits with PyTorch itself; the only file here that imports torch.

In go functions of ``(logit, target)``, out come curves. The derivative is what ``backward`` gives, not a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from pytorch_basics.errors import WrongArgument, WrongValue, wrong
from pytorch_basics.instruments.training.losses.record import CurveRecord, LossesRecord

Loss = Callable[[Any, Any], Any]
POINTS, FAR = 121, 60.0


def usual() -> dict[str, Loss]:
    """The losses of the lesson, right ones and the two that have one sigmoid or softmax too many."""
    logits, plain, classes, square = nn.BCEWithLogitsLoss(), nn.BCELoss(), nn.CrossEntropyLoss(), nn.MSELoss()

    def pair(z: torch.Tensor) -> torch.Tensor:
        return torch.stack([torch.zeros_like(z), z], dim=-1)  # two logits whose difference is z

    return {
        "BCEWithLogitsLoss()(z, y)": logits,
        "BCELoss()(sigmoid(z), y)": lambda z, y: plain(z.sigmoid(), y),
        "BCEWithLogitsLoss()(sigmoid(z), y)": lambda z, y: logits(z.sigmoid(), y),
        "CrossEntropyLoss()([0, z], y)": lambda z, y: classes(pair(z), y.long()),
        "CrossEntropyLoss()(softmax([0, z]), y)": lambda z, y: classes(pair(z).softmax(-1), y.long()),
        "MSELoss()(sigmoid(z), y)": lambda z, y: square(z.sigmoid(), y),
    }


def capture(losses: dict[str, Loss], target: float, low: float, high: float) -> LossesRecord:
    """The curves of ``losses`` for one ``target``, from ``low`` to ``high``."""
    logits = [low + (high - low) * k / (POINTS - 1) for k in range(POINTS)]
    curves = tuple(_curve(name, loss, target, logits) for name, loss in losses.items())
    return LossesRecord(target, tuple(logits), curves)


def _curve(name: str, loss: Loss, target: float, logits: Sequence[float]) -> CurveRecord:
    values, slopes = zip(*(_at(name, loss, z, target) for z in logits), strict=True)
    far = _at(name, loss, -FAR, target)[0], _at(name, loss, FAR, target)[0]
    return CurveRecord(name, values, slopes, min(*values, *far), far)


def _at(name: str, loss: Loss, z: float, target: float) -> tuple[float, float]:
    logit = torch.tensor([z], requires_grad=True)
    with torch.enable_grad():
        value = loss(logit, torch.tensor([target]))
        if not isinstance(value, torch.Tensor) or value.numel() != 1:
            shape = tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
            wanted = "one number from loss(logit, target), both of shape (1,)"
            raise WrongValue(wrong("pb.losses", name, shape, wanted, "lambda z, y: nn.BCEWithLogitsLoss()(z, y)"))
        if not value.requires_grad:
            return value.item(), 0.0
        (slope,) = torch.autograd.grad(value.sum(), logit, allow_unused=True)
    return value.item(), 0.0 if slope is None else slope.item()


def check(losses: Sequence[Any], target: Any, low: float, high: float) -> None:
    """Raise what tells the learner what to write."""
    for k, loss in enumerate(losses):
        if not callable(loss):
            wanted = "a loss: a function of (logit, target)"
            raise WrongArgument(wrong("pb.losses", f"losses[{k}]", loss, wanted, "pb.losses(nn.BCEWithLogitsLoss())"))
        if isinstance(loss, type):
            instead = f"pb.losses({loss.__name__}()), with parentheses"
            raise WrongArgument(wrong("pb.losses", f"losses[{k}]", loss, "a loss, not its class", instead))
    if not isinstance(target, (int, float)) or not 0 <= target <= 1:
        raise WrongValue(wrong("pb.losses", "target", target, "a number from 0 to 1", "target=1.0"))
    if not low < high:
        raise WrongValue(wrong("pb.losses", "low", low, f"a number below high, which is {high}", "low=-8, high=8"))
