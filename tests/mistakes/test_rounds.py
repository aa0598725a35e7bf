"""What the rules are told of gradients between one step and the next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from pytorch_basics.instruments.run import RunRecord, watching
from pytorch_basics.mistakes.reading.rounds import rounds


def _watched(body: Callable[[torch.Tensor, torch.optim.Optimizer], None]) -> RunRecord:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.01)
    watch = watching()
    watch.on()
    try:
        for _ in range(4):
            body(w, optimizer)
    finally:
        watch.off()
    return watch.record


def _backward(w: torch.Tensor) -> None:
    ((w - 1) ** 2).sum().backward()  # type: ignore[no-untyped-call]  # PyTorch declares none


def _accumulates(w: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
    _backward(w)
    _backward(w)
    optimizer.step()
    optimizer.zero_grad()


def _never_clears(w: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
    _backward(w)
    optimizer.step()


def _clears_too_early(w: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
    _backward(w)
    optimizer.zero_grad()
    optimizer.step()


def _clears_by_data(w: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
    _backward(w)
    optimizer.step()
    assert w.grad is not None
    w.grad.data.zero_()


@pytest.mark.parametrize("body", [_accumulates, _clears_by_data])
def test_gradients_that_were_cleared_are_fresh(body: Callable[[torch.Tensor, torch.optim.Optimizer], None]) -> None:
    """Accumulation within a round is fresh, and so is what was cleared by way of ``.grad.data``."""
    steps = rounds(_watched(body)).steps
    assert len(steps) == 4
    assert all(step.fresh == [0] and not step.stale for step in steps)


def test_gradients_of_older_steps_are_stale() -> None:
    """Without ``zero_grad()`` every step but the first uses older gradients too."""
    steps = rounds(_watched(_never_clears)).steps
    assert [step.stale for step in steps] == [[], [0], [0], [0]]


def test_gradients_cleared_before_the_step_are_lost() -> None:
    """What ``zero_grad()`` takes away before ``step()`` is told with the line that did it."""
    steps = rounds(_watched(_clears_too_early)).steps
    assert all(step.lost == [0] for step in steps)
    assert all(step.cleared is not None and "zero_grad" in step.cleared.place.text for step in steps)
