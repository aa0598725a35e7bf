"""What ``pb.watch`` costs a training loop: the XOR classifier at the default refresh, drawn as a notebook draws it.

Run ``python benchmarks/watch.py``. Three loops take turns: bare, watched with a display that renders every picture, and
inside ``pb.watch`` where nobody looks. CPU time, so that what else the machine does counts for none.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from statistics import median
from time import process_time
from typing import Any

import torch
from torch import nn

import pytorch_basics as pb
from landscape import problem
from pytorch_basics.instruments.training.watch import display
from pytorch_basics.instruments.training.watch.html import live
from pytorch_basics.instruments.training.watch.record import WatchRecord
from timing import Row, report

COMMAND = "python benchmarks/watch.py"
ROUNDS, STEPS = 5, 6_000
MOST = 1.05


class Rendered:
    """A display that does all of a notebook's work but the sending."""

    def show(self, record: WatchRecord) -> None:
        self.last = live(record)

    def end(self, record: WatchRecord) -> None:
        self.last = record._repr_mimebundle_()["text/html"]


def seconds(around: Any) -> float:
    """The CPU time of one training inside the context that ``around`` makes for a model and its data."""
    model, loss_fn, x, y = problem(200)
    assert isinstance(model, nn.Module)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    begun = process_time()
    with around(model, x, y):
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
    return process_time() - begun


def rows() -> list[Row]:
    torch.set_num_threads(1)

    def shown(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> Any:
        display.here = Rendered  # type: ignore[assignment]  # a display of our own: there is no notebook here
        return pb.watch(model, x, y, steps=STEPS)

    def unseen(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> Any:
        display.here = lambda: None
        return pb.watch(model, x, y, steps=STEPS)

    around = {"bare": lambda *_: nullcontext(), "shown": shown, "unseen": unseen}
    seconds(around["shown"])  # imports and first calls
    taken: dict[str, list[float]] = {name: [] for name in around}
    for _ in range(ROUNDS):
        for name, made in around.items():
            taken[name].append(seconds(made))
    ratio = {name: median(a / b for a, b in zip(taken[name], taken["bare"], strict=True)) for name in around}
    what = "XOR training under `pb.watch` with the boundary, default refresh, against the bare loop"
    return [
        Row(what, f"{ratio['shown']:.3f} ×", f"≤ {MOST} ×", ratio["shown"] <= MOST, COMMAND),
        Row("the same where nobody looks", f"{ratio['unseen']:.3f} ×", command=COMMAND),
    ]


if __name__ == "__main__":
    sys.exit(report(rows()))
