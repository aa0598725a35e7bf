"""What evaluating a loss surface all at once gains: 51 × 51 places for the XOR classifier, against a plain loop.

Run ``python benchmarks/landscape.py``. The plain loop writes each place's numbers into the model's parameters and calls
it; ours goes through ``torch.func.vmap`` in chunks. Both on one thread, under ``no_grad``.
"""

from __future__ import annotations

import sys

import torch
from torch import nn

from paired import Task, pairs
from pytorch_basics.instruments.training.landscape.capture import Surface, _evaluate
from timing import Row, report

COMMAND = "python benchmarks/landscape.py"
ROUNDS, PLACES = 5, 51 * 51
LEAST = {64: 10.0, 200: None, 2500: 2.0}


def problem(points: int) -> tuple[nn.Module, nn.Module, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    x = corners.repeat_interleave(points // 4, dim=0) + 0.1 * torch.randn(points, 2)
    y = torch.tensor([0.0, 1.0, 1.0, 0.0]).repeat_interleave(points // 4).unsqueeze(1)
    return nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1)), nn.BCEWithLogitsLoss(), x, y


def both(points: int) -> tuple[Task, Task]:
    """The plain loop, and ours, over the same places."""
    model, loss_fn, x, y = problem(points)
    surface = Surface(model, loss_fn, x, y, ())
    vectors = torch.randn(PLACES, surface.now.numel())
    sizes = [p.numel() for p in model.parameters()]

    def plain() -> object:
        losses = []
        with torch.no_grad():
            for vector in vectors:
                for parameter, part in zip(model.parameters(), vector.split(sizes), strict=True):
                    parameter.copy_(part.view(parameter.shape))
                losses.append(loss_fn(model(x), y).item())
        return losses

    def ours() -> object:
        with torch.no_grad():
            return _evaluate(surface, vectors)

    return plain, ours


def rows() -> list[Row]:
    torch.set_num_threads(1)
    made = []
    for points, least in LEAST.items():
        plain, ours = both(points)
        gain = 1 / pairs(plain, {"ours": ours}, ROUNDS, lambda: None)["ours"][0]
        aim = f"≥ {least:g} ×" if least else ""
        kept = gain >= least if least else None
        what = f"`pb.landscape`, 51 × 51 places at {points:,} points, faster than a plain loop by"
        made.append(Row(what, f"{gain:.1f} ×", aim, kept, COMMAND))
    return made


if __name__ == "__main__":
    sys.exit(report(rows()))
