"""``optimizer.step`` is called without the closure that LBFGS needs, or is given the loss."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

MISSING = re.compile(r"step\(\) missing 1 required positional argument: '(closure|metrics)'")
NOT_CALLED = re.compile(r"'(Tensor|float|Parameter)' object is not callable")


def broken() -> object:
    w = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.LBFGS([w])
    w.square().sum().backward()  # type: ignore[no-untyped-call]  # PyTorch declares no types for backward()
    optimizer.step()  # type: ignore[call-arg, no-untyped-call]  # the mistake
    return w


def fixed() -> object:
    w = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.LBFGS([w])

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = w.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]  # PyTorch declares no types for backward()
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]  # as above
    return w


def signs(record: Record) -> Iterator[Sign]:
    """``step`` misses an argument, or calls what it was given."""
    if (
        not isinstance(record, FailureRecord)
        or record.kind != "TypeError"
        or record.failing is None
        or record.place is None
    ):
        return
    step, missing = record.failing, MISSING.search(record.message)
    if step.bare != "step" and not step.text.rstrip(")").endswith(".step("):
        return
    name = step.text.partition(".step")[0]
    if missing is not None and missing[1] == "closure":
        yield Sign(
            place=step.place,
            seen=f"`{step.text}`: LBFGS computes the loss several times in one step, and does not know how.",
            instead=f"{name}.step(closure), where closure() does zero_grad, loss, backward and returns the loss",
            evidence=(f"Python: {record.message}",),
        )
    elif missing is not None:
        yield Sign(
            place=step.place,
            seen=f"`{step.text}`: ReduceLROnPlateau watches a number, and was given none.",
            instead=f"{name}.step(validation_loss)",
            evidence=(f"Python: {record.message}",),
        )
    elif NOT_CALLED.search(record.message) and len(step.operands) > 1:
        given = step.operands[-1].text
        yield Sign(
            place=step.place,
            seen=f"`{step.text}` hands the loss to `step`, which takes a function there and calls it.",
            instead=f"{given}.backward(), then {name}.step()",
            evidence=(f"Python: {record.message}",),
        )


MISTAKE = Mistake(
    id="optim.step_wants_closure",
    code="",
    title="step() is called the same way for all",
    see="“LBFGS.step() missing 1 required positional argument: 'closure'”; “'Tensor' object is not callable” from "
    "`step(loss)`.",
    why="LBFGS tries several positions in one step, so it must be able to compute the loss and its gradients "
    "itself: it wants a function. "
    "ReduceLROnPlateau wants the number it watches; the other optimizers want nothing.",
    instead="`optimizer.step(closure)` for LBFGS, `scheduler.step(validation_loss)` for ReduceLROnPlateau",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
