"""The steps instrument, ``pb.steps``: what a training step does, in which order, to gradients and parameters. Importing
this loads no torch; looking does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from pytorch_basics.errors import WrongArgument, WrongValue, wrong
from pytorch_basics.instruments.training.steps.record import StepsRecord

__all__ = ["StepsRecord", "steps"]


def steps(fn: Callable[..., Any], *args: Any, times: int = 2, **kwargs: Any) -> StepsRecord:
    """Call ``fn(*args, **kwargs)``, one training step, ``times`` times, and show what each call in it did.

    Forward, backward, ``zero_grad``, ``step`` and writes by hand, in their order, each with the norm of every gradient
    after it and how far each parameter moved. Two calls by default: what is left over from one shows in the next.
    The steps are real, the parameters are trained. An error in ``fn`` ends the timeline and stands in the record.

    Raises TypeError for what cannot be called, ValueError for ``times`` below 1.
    """
    if not callable(fn):
        wanted = "a function that does one training step"
        raise WrongArgument(wrong("pb.steps", "fn", fn, wanted, "pb.steps(step), where step is a function, without ()"))
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise WrongValue(wrong("pb.steps", "times", times, "a whole number from 1 on", "times=2"))
    from pytorch_basics.instruments.training.steps.capture import capture

    return capture(fn, args, kwargs, times, sys._getframe(1))
