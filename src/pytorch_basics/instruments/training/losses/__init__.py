"""The losses instrument, ``pb.losses``: what a loss asks for, as its value and gradient against the logit. Importing
this loads no torch; looking does."""

from __future__ import annotations

import sys
from typing import Any

from pytorch_basics.instruments.tensor.names import names
from pytorch_basics.instruments.training.losses.record import LossesRecord

__all__ = ["LossesRecord", "losses"]


def losses(*losses: Any, target: float = 1.0, low: float = -8.0, high: float = 8.0) -> LossesRecord:
    """Loss and gradient for logits from ``low`` to ``high`` when the right answer is ``target``.

    Each of ``losses`` is called as ``loss(z, y)`` with tensors of shape ``(1,)``; without any, the losses of the lesson
    are drawn: the right ones, and those with one sigmoid or softmax too many, which have a floor. The gradients are
    those that ``backward`` gives.

    Raises TypeError for what cannot be called, ValueError for a target outside 0 … 1 and a loss of several numbers.
    """
    from pytorch_basics.instruments.training.losses.capture import capture, check, usual

    check(losses, target, low, high)
    given = dict(zip(names(losses, sys._getframe(1)), losses, strict=True)) if losses else usual()
    return capture(given, float(target), low, high)
