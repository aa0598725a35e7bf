"""Computes the loss over a plane of parameters; the only file here that imports torch.

In go a model (or a function and its parameters), a loss, data and perhaps the optimizer's path; out comes a
``LandscapeRecord``. All grid points are evaluated in chunks under ``torch.func.vmap``; where that is not possible (code
that branches on values, say) one after the other, and the record says so. The model is left as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from inspect import signature
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from pytorch_basics.errors import WrongArgument, WrongValue, wrong
from pytorch_basics.instruments.training.capture import asking
from pytorch_basics.instruments.training.landscape.plane import Plane, Vector, of_path, of_random, of_two
from pytorch_basics.instruments.training.landscape.record import LandscapeRecord, StopRecord

SIDE = 51
CHUNK = 1 << 19  # numbers of the widest activation in one chunk: measured best at 64, 200 and 2,500 points


class Surface:
    """The loss as a function of one vector of all parameters."""

    def __init__(self, model: Any, loss_fn: Any, x: Any, y: Any, parameters: Sequence[torch.Tensor]) -> None:
        self.model, self.loss_fn, self.x, self.y = model, loss_fn, x, y
        self.module = isinstance(model, nn.Module)
        named = model.named_parameters() if self.module else zip(_names(model, parameters), parameters, strict=True)
        self.named = {name: tensor.detach() for name, tensor in named}
        self.buffers = dict(model.named_buffers()) if self.module else {}

    @property
    def now(self) -> torch.Tensor:
        """The parameters as they are, as one vector."""
        return torch.cat([tensor.reshape(-1).double() for tensor in self.named.values()])

    def loss(self, vector: torch.Tensor) -> torch.Tensor:
        """The loss with these parameters."""
        parts = torch.split(vector, [tensor.numel() for tensor in self.named.values()])
        values = {
            name: part.view(like.shape).to(like.dtype)
            for part, (name, like) in zip(parts, self.named.items(), strict=True)
        }
        if self.module:
            given = values | {name: buffer.clone() for name, buffer in self.buffers.items()}
            out = torch.func.functional_call(self.model, given, (self.x,))
        else:
            out = self.model(self.x, *values.values())
        loss: torch.Tensor = self.loss_fn(out, self.y)
        return loss

    def place(self, name: str) -> int:
        """Where ``0.weight[0, 1]`` lies in the vector."""
        path, _, index = name.partition("[")
        before = 0
        for known, tensor in self.named.items():
            if known == path:
                at = [int(part) for part in index.rstrip("]").split(",") if part.strip()]
                if len(at) == tensor.ndim and all(0 <= i < size for i, size in zip(at, tensor.shape, strict=True)):
                    return before + int(np.ravel_multi_index(at, tensor.shape)) if at else before
            before += tensor.numel()
        known_names = ", ".join(f"{n}{list(t.shape)}" for n, t in self.named.items())
        wanted = f"one number of one of {known_names}"
        raise WrongValue(wrong("pb.landscape", "directions", name, wanted, f'directions=("{self.name(0)}", …)'))

    def name(self, at: int) -> str:
        """What number ``at`` of the vector is called."""
        for known, tensor in self.named.items():
            if at < tensor.numel():
                index = ", ".join(str(int(k)) for k in np.unravel_index(at, tensor.shape)) if tensor.ndim else ""
                return f"{known}[{index}]" if index else known
            at -= tensor.numel()
        raise IndexError(at)


def _names(function: Any, parameters: Sequence[torch.Tensor]) -> list[str]:
    """What the function calls them; numbers where it takes ``*args`` or has no signature."""
    try:
        written = [str(name) for name in signature(function).parameters][1:]
    except (TypeError, ValueError):
        written = []
    plain = [f"parameter {k}" for k in range(1, len(parameters) + 1)]
    return written if len(written) == len(parameters) else plain


def capture(surface: Surface, path: Any, directions: Any, side: int, seed: int) -> LandscapeRecord:
    """The record of the loss around the parameters as they are."""
    with asking(surface.model), torch.no_grad():
        here = surface.loss(surface.now)
        if not isinstance(here, torch.Tensor) or here.numel() != 1:
            shape = tuple(here.shape) if isinstance(here, torch.Tensor) else type(here).__name__
            wanted = "one number from loss_fn(model(x), y)"
            raise WrongValue(wrong("pb.landscape", "loss_fn", shape, wanted, "a loss with reduction='mean'"))
        rows = _path(path, surface)
        plane = _plane(surface, rows, directions, seed)
        a, b = (np.linspace(*span, side) for span in (plane.a_range, plane.b_range))
        vectors = plane.origin + np.stack([i * plane.first + j * plane.second for j in b for i in a])
        losses, method = _evaluate(surface, torch.from_numpy(vectors))
        stops = _stops(surface, plane, rows)
        here_stop = _stops(surface, plane, surface.now.numpy()[None])[0]
    grid = tuple(map(tuple, losses.reshape(side, side).tolist()))
    return LandscapeRecord(
        tuple(a.tolist()),
        tuple(b.tolist()),
        grid,
        plane.a_name,
        plane.b_name,
        plane.kind,
        here_stop,
        stops,
        _explained(plane, rows),
        method,
    )


def _plane(surface: Surface, rows: Vector, directions: Any, seed: int) -> Plane:
    now = surface.now.numpy()
    if isinstance(directions, (tuple, list)):
        one, two = (surface.place(name) for name in directions)
        return of_two(now, (one, two), (surface.name(one), surface.name(two)), rows)
    if directions == "auto" and now.size == 2:
        return of_two(now, (0, 1), (surface.name(0), surface.name(1)), rows)
    if directions == "path" or (directions == "auto" and len(rows) > 2):
        return of_path(now, rows)
    made = torch.Generator().manual_seed(seed)
    first, second = (torch.cat(list(_filters(surface, made))).numpy() for _ in range(2))
    return of_random(now, first, second, rows)


def _filters(surface: Surface, made: torch.Generator) -> Iterator[torch.Tensor]:
    """A random direction whose every filter (row of a weight) is as long as the model's own (Li et al., 2018)."""
    for tensor in surface.named.values():
        drawn = torch.randn(tensor.shape, generator=made, dtype=torch.float64)
        own = tensor.double()
        if tensor.ndim > 1:
            around = tuple(range(1, tensor.ndim))
            drawn *= own.norm(dim=around, keepdim=True) / drawn.norm(dim=around, keepdim=True).clamp(min=1e-12)
        else:
            drawn *= own.norm() / drawn.norm().clamp(min=1e-12)
        yield drawn.reshape(-1)


class _WeightFirst(TorchFunctionMode):
    """``linear`` as ``(W xᵀ)ᵀ + b``: under vmap one bmm of many small matrices, in this order several times faster."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is not F.linear or kwargs or len(args) < 2 or args[0].ndim != 2:
            return func(*args, **(kwargs or {}))
        x, weight, *bias = args
        out = (weight @ x.mT).mT
        return out + bias[0] if bias and bias[0] is not None else out


def _evaluate(surface: Surface, vectors: torch.Tensor) -> tuple[torch.Tensor, str]:
    """The loss of each row, and how it was computed."""
    rows = len(surface.x) if isinstance(surface.x, torch.Tensor) and surface.x.ndim else 1
    widest = max((tensor.shape[0] if tensor.ndim else 1) for tensor in surface.named.values())
    size = max(1, min(len(vectors), CHUNK // max(rows * widest, 1)))
    try:
        with _WeightFirst():
            found = torch.func.vmap(surface.loss, chunk_size=size, randomness="same")(vectors)
        return found.double(), f"torch.func.vmap, {size:,} networks at once"
    except (RuntimeError, ValueError, TypeError) as error:
        reason = str(error).split("\n")[0][:80]
        one_by_one = torch.stack([surface.loss(vector).reshape(()).double() for vector in vectors])
        return one_by_one, f"one network after the other; vmap said: {reason}"


def _path(path: Any, surface: Surface) -> Vector:
    """The path as rows of parameter vectors; each stop may be tensors, a dict of them, or one vector."""
    size = surface.now.numel()
    rows = [_flat(stop, surface) for stop in (path if path is not None else ())]
    for k, row in enumerate(rows):
        if row.size != size:
            wanted = f"the {size} numbers of model.parameters() at each stop"
            instead = "path.append([p.detach().clone() for p in model.parameters()]) after each step"
            raise WrongValue(wrong("pb.landscape", f"path[{k}]", f"{row.size} numbers", wanted, instead))
    return np.array(rows, np.float64).reshape(len(rows), size)


def _flat(stop: Any, surface: Surface) -> Vector:
    if isinstance(stop, Mapping):  # a state_dict: its buffers are no parameters
        stop = [stop[name] for name in surface.named if name in stop]
    if isinstance(stop, (torch.Tensor, np.ndarray)):
        stop = [stop]
    if not isinstance(stop, Sequence) or not len(stop):
        wanted, instead = "a list of stops, each a list of tensors", "[p.detach().clone() for p in model.parameters()]"
        raise WrongArgument(wrong("pb.landscape", "path", stop, wanted, f"path.append({instead}) after each step"))
    return np.concatenate([np.asarray(torch.as_tensor(part).detach().cpu(), np.float64).reshape(-1) for part in stop])


def _stops(surface: Surface, plane: Plane, rows: Vector) -> tuple[StopRecord, ...]:
    if not len(rows):
        return ()
    places, off = plane.coordinates(rows)
    losses = [float(surface.loss(torch.from_numpy(row))) for row in rows]
    return tuple(
        StopRecord(float(a), float(b), loss, float(away))
        for (a, b), loss, away in zip(places, losses, off, strict=True)
    )


def _explained(plane: Plane, rows: Vector) -> float | None:
    if len(rows) < 2:
        return None
    _, off = plane.coordinates(rows)
    whole = float(((rows - rows[-1]) ** 2).sum())
    return 1.0 - float((off**2).sum()) / whole if whole else 1.0


def check(model: Any, loss_fn: Any, parameters: Sequence[torch.Tensor], directions: Any, side: int) -> None:
    """Raise what tells the learner what to write."""
    if not callable(model):
        wanted = "a model, or a function of x and its parameters"
        raise WrongArgument(wrong("pb.landscape", "model", model, wanted, "pb.landscape(model, loss_fn, x, y)"))
    if not callable(loss_fn) or isinstance(loss_fn, type):
        wanted = "a loss: a function of (model(x), y)"
        raise WrongArgument(wrong("pb.landscape", "loss_fn", loss_fn, wanted, "nn.BCEWithLogitsLoss()"))
    if not isinstance(model, nn.Module) and not parameters:
        wanted = "the tensors that a plain function gets after x"
        instead = "pb.landscape(f, loss_fn, x, y, parameters=(w, b)), where f(x, w, b)"
        raise WrongValue(wrong("pb.landscape", "parameters", parameters, wanted, instead))
    if not (directions in ("auto", "path", "random") or _is_pair(directions)):
        wanted = '"auto", "path", "random" or the names of two numbers'
        instead = 'directions=("0.weight[0, 0]", "0.bias[0]")'
        raise WrongValue(wrong("pb.landscape", "directions", directions, wanted, instead))
    if not isinstance(side, int) or not 3 <= side <= 301:
        raise WrongValue(wrong("pb.landscape", "side", side, "a whole number from 3 to 301", "side=51"))


def _is_pair(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2 and all(isinstance(name, str) for name in value)
