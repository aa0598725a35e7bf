"""Asks a live model about the plane around its data; the only file here that imports torch.

In go a model with two inputs, points and labels; out comes a ``BoundaryRecord``. The model is asked in evaluation mode
under ``no_grad``, in one batch for the plane and one for the points, and is left in the mode that it had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from pytorch_basics.errors import WrongArgument, WrongValue, wrong
from pytorch_basics.instruments.training.boundary.record import BoundaryRecord, PointRecord, UnitRecord
from pytorch_basics.instruments.training.capture import asking

SIDE, UNIT_SIDE, MOST_UNITS, MOST_POINTS = 61, 31, 16, 400  # a unit is drawn at every other place
MARGIN = 0.15  # of the data's extent, on each side


def capture(model: Any, x: torch.Tensor, y: torch.Tensor) -> BoundaryRecord:
    """The record of ``model`` on points ``x`` ``(N, 2)`` with labels ``y``, ``(N,)`` or ``(N, 1)``."""
    points, labels = checked(model, x, y)
    (left, bottom), (right, top) = _corners(points)
    xs = torch.linspace(left, right, SIDE)
    ys = torch.linspace(bottom, top, SIDE)
    with asking(model), torch.no_grad():
        plane = torch.stack(torch.meshgrid(xs, ys, indexing="xy"), -1).reshape(-1, 2).to(points)
        with _last_linear(model) as seen:
            said = model(plane)
        output, read = _reader(model, said, len(plane))
        units, bias = _units(seen, output)
        chosen = slice(None, None, -(-len(points) // MOST_POINTS))
        given = read(model(points))
    shown = zip(points[chosen].tolist(), labels[chosen].tolist(), given[chosen].tolist(), strict=True)
    return BoundaryRecord(
        tuple(xs.tolist()),
        tuple(ys.tolist()),
        _grid(read(said), SIDE),
        tuple(PointRecord(a, b, int(label), p) for (a, b), label, p in shown),
        output,
        units,
        bias,
        len(points) - len(points[chosen]),
    )


def checked(model: Any, x: Any, y: Any, verb: str = "pb.boundary") -> tuple[torch.Tensor, torch.Tensor]:
    """Points and labels that can be drawn; else raise what tells the learner what to write."""
    if not callable(model) or isinstance(model, type):
        made = f"{model.__name__}(…), an object of the class" if isinstance(model, type) else f"{verb}(model, x, y)"
        raise WrongArgument(wrong(verb, "model", model, "a model that can be called on points", made))
    for name, value in (("x", x), ("y", y)):
        if not isinstance(value, torch.Tensor):
            instead = f"torch.as_tensor({name}, dtype=torch.float32)"
            raise WrongArgument(wrong(verb, name, value, "a tensor", instead))
    if x.ndim != 2 or x.shape[1] != 2:
        wanted = "points with two inputs, of shape (N, 2): a plane has two directions"
        instead = "x[:, [0, 1]] and a model of these two" if x.ndim == 2 else "x.reshape(-1, 2)"
        raise WrongValue(wrong(verb, "x", tuple(x.shape), wanted, instead))
    if not bool(x.isfinite().all()):
        row = int((~x.isfinite()).any(dim=1).nonzero()[0])
        raise WrongValue(wrong(verb, f"x[{row}]", x[row].tolist(), "finite numbers", "x[x.isfinite().all(dim=1)]"))
    labels = y.detach().reshape(-1).cpu()
    if labels.numel() != len(x) or not len(x):
        wanted = f"one label for each of the {len(x)} points, shape ({len(x)},) or ({len(x)}, 1)"
        raise WrongValue(wrong(verb, "y", tuple(y.shape), wanted, "y with a label for each row of x"))
    if not bool(((labels == 0) | (labels == 1)).all()):
        wanted = "labels 0 and 1"
        raise WrongValue(wrong(verb, "y", labels.unique().tolist()[:5], wanted, "(y == that_class).float()"))
    return x.detach(), labels


def _corners(points: torch.Tensor) -> tuple[list[float], list[float]]:
    low, high = points.float().aminmax(dim=0)
    room = ((high - low) * MARGIN).clamp(min=1e-3)
    return (low - room).tolist(), (high + room).tolist()


@contextmanager
def _last_linear(model: Any) -> Iterator[list[tuple[nn.Linear, torch.Tensor]]]:
    """The calls of ``nn.Linear`` inside, each with its input; the last stands last."""
    seen: list[tuple[nn.Linear, torch.Tensor]] = []

    def keep(module: nn.Module, args: Any, out: Any) -> None:
        assert isinstance(module, nn.Linear)
        seen.append((module, args[0]))

    modules = list(model.modules()) if isinstance(model, nn.Module) else []
    handles = [module.register_forward_hook(keep) for module in modules if isinstance(module, nn.Linear)]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def _reader(model: Any, said: Any, count: int) -> tuple[str, Callable[[torch.Tensor], torch.Tensor]]:
    """How to read the model's output as the probability of label 1."""
    shape = tuple(said.shape) if isinstance(said, torch.Tensor) else type(said).__name__
    if shape == (count, 2):
        return "two logits", lambda out: (out[:, 1] - out[:, 0]).float().sigmoid().cpu()
    if shape not in ((count,), (count, 1)):
        wanted = f"one logit for each point, ({count},) or ({count}, 1), or two, ({count}, 2)"
        instead = "a model that ends in nn.Linear(hidden, 1)"
        raise WrongValue(wrong("pb.boundary", "model(points)", shape, wanted, instead))
    last = [m for m in model.modules() if not list(m.children())][-1:] if isinstance(model, nn.Module) else []
    if last and isinstance(last[0], nn.Sigmoid):
        return "probability", lambda out: out.reshape(-1).float().cpu()
    return "logit", lambda out: out.reshape(-1).float().sigmoid().cpu()


def _units(seen: list[tuple[nn.Linear, torch.Tensor]], output: str) -> tuple[tuple[UnitRecord, ...], float]:
    """What each input of the last ``nn.Linear`` adds to the logit over the plane."""
    if len(seen) < 2 or seen[-1][0].out_features != (2 if output == "two logits" else 1):
        return (), 0.0
    last, hidden = seen[-1]
    if hidden.shape != (SIDE * SIDE, last.in_features) or last.in_features > MOST_UNITS:
        return (), 0.0
    weight = last.weight[-1] - last.weight[0] if output == "two logits" else last.weight[0]
    bias = 0.0 if last.bias is None else float(last.bias[-1] - (last.bias[0] if output == "two logits" else 0.0))
    every = torch.linspace(0, SIDE - 1, UNIT_SIDE).round().long()
    parts = (hidden * weight).float().cpu().reshape(SIDE, SIDE, -1)[every][:, every]
    return tuple(
        UnitRecord(f"unit {k}", float(weight[k]), tuple(map(tuple, parts[..., k].tolist())))
        for k in range(last.in_features)
    ), bias


def _grid(values: torch.Tensor, side: int) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, values.reshape(side, side).tolist()))
