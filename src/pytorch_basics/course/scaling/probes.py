"""What the exercises on scaling look at besides the result: a device that takes no real time, and the calls made.

In go an answer and a case; out come facts. A clock that a test can trust must not be a real one, so ``Device`` keeps a
time of its own, which only work and waiting move on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

Answer = Callable[..., Any]
HANDED_OVER = 1.0  # milliseconds it takes to hand work over


class Device:
    """Does its work while the program goes on. ``takes`` are the milliseconds of each piece; the last one repeats."""

    def __init__(self, takes: list[float]) -> None:
        self.takes = takes
        self.now = self.done = 0.0
        self.pieces = 0

    def work(self) -> None:
        """Hand over one piece of work; do not wait for it."""
        self.now += HANDED_OVER
        self.done = max(self.done, self.now) + self.takes[min(self.pieces, len(self.takes) - 1)]
        self.pieces += 1

    def wait(self) -> None:
        """Wait until all work is done."""
        self.now = max(self.now, self.done)

    def clock(self) -> float:
        """Milliseconds."""
        return self.now


def probe_median_time(answer: Answer, takes: list[float], rounds: int) -> dict[str, Any]:
    """What the answer measures, and how often the work was done."""
    device = Device(takes)
    found = answer(device.work, device.wait, device.clock, rounds)
    return {"milliseconds": found, "pieces of work": device.pieces}


class Count(TorchDispatchMode):
    """Counts PyTorch's operations."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # PyTorch declares no types for it
        self.calls: int = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.calls += 1
        return func(*args, **(kwargs or {}))


def probe_class_means(answer: Answer, x: Tensor, labels: Tensor, classes: int) -> dict[str, Any]:
    """The means, and whether more rows or more classes cost more operations."""
    found = answer(x, labels, classes)
    base = _calls(answer, x, labels, classes)
    rows = _calls(answer, x.repeat(3, 1), labels.repeat(3), classes)
    more = _calls(answer, x, labels, classes + 4)
    return {"means": found, "more rows, more calls": rows > base, "more classes, more calls": more > base}


def _calls(answer: Answer, x: Tensor, labels: Tensor, classes: int) -> int:
    count = Count()
    with count:
        answer(x, labels, classes)
    return count.calls


def probe_mean_gradient(answer: Answer, gradients: list[list[Tensor]], rows: list[int]) -> list[Tensor]:
    """The mean as a list, whatever sequence the answer gives."""
    return list(answer(gradients, rows))
