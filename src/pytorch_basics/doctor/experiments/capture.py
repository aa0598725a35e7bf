"""Performs the experiments on copies of the model; the only file here that imports torch.

In go a ``Replay`` (model, one batch, its loss) and the run's record; out come experiments in the order of a decision
tree: is the loss better than guessing, are the gradients right, can the model learn this one batch, and would another
learning rate have done it. The model, the random state and the learner's output are left as they are.
"""

from __future__ import annotations

import copy
import io
import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

import torch

from pytorch_basics.doctor.experiments.experiment import Experiment
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.instruments.run.replay.capture import Replay
from pytorch_basics.instruments.tensor.wording import number

MOST_STEPS, MOST_SECONDS = 150, 0.2  # of one training; there are five
LEARNED = 0.5  # of the loss it began with
FASTER, LEAST_GAIN = 2.0, 0.01  # than with the rate itself; of the loss it began with
RIGHT = 1e-3  # how far a gradient may be from the measured slope
RATES = (1e-2, 1e-3)


def performed(replay: Replay, run: RunRecord) -> tuple[Experiment, ...]:
    """The experiments that this batch and this optimizer allow."""
    model = replay.model()
    if model is None:
        return ()
    made: list[Experiment] = []
    with torch.random.fork_rng(), _other_random(), torch.enable_grad(), redirect_stdout(io.StringIO()):
        torch.manual_seed(0)
        for experiment in (_guessing, _gradient, _one_batch, _rates):
            try:
                found = experiment(replay, copy.deepcopy(model), run)
            except (RuntimeError, TypeError, ValueError, NotImplementedError):
                continue  # a model that cannot be copied, or converted, is spared this one
            if found is not None:
                made.append(found)
    return tuple(made)


@contextmanager
def _other_random() -> Iterator[None]:
    """Put back Python's and NumPy's random states, which a model's ``forward`` may draw from."""
    numpy, state = sys.modules.get("numpy.random"), random.getstate()
    numpys = numpy.get_state() if numpy is not None else None
    try:
        yield
    finally:
        random.setstate(state)
        if numpy is not None:
            numpy.set_state(numpys)


def _guessing(replay: Replay, model: Any, run: RunRecord) -> Experiment | None:
    """The loss of guessing by frequency alone: ``ln C`` for ``C`` classes that are equally frequent."""
    target = replay.rest[0] if replay.rest else replay.kwargs.get("target")
    if not isinstance(target, torch.Tensor):
        return None
    guess = _chance(replay, model, target)
    if guess is None:
        return None
    loss = float(replay.loss(model).detach().mean())
    close = loss > 0.95 * guess
    means = (
        "The model has learned nothing from its inputs: it is as good as guessing."
        if close
        else "The model does better than guessing: it has learned something, and then stopped."
    )
    did = "compared with always giving the same answer, the best there is for this batch's targets"
    return Experiment("Is it better than guessing?", did, f"{number(loss)} against {number(guess)}", means)


def _chance(replay: Replay, model: Any, target: torch.Tensor) -> float | None:
    """The smallest loss of a constant answer, for the losses where that is known."""
    if replay.name == "cross_entropy" and not target.is_floating_point():
        counts = torch.bincount(target.reshape(-1).clamp(min=0)).double()
        return float(torch.special.entr(counts / counts.sum()).sum())
    if replay.name in ("binary_cross_entropy_with_logits", "binary_cross_entropy"):
        share = float(target.double().mean())
        return -sum(p * math.log(p) for p in (share, 1 - share) if p > 0)
    if replay.name == "mse_loss":
        return float(target.double().var(dim=0, correction=0).mean())
    return None


def _gradient(replay: Replay, model: Any, run: RunRecord) -> Experiment:
    """Autograd's slope along a random direction against a measured one, in double precision and evaluation mode."""
    model = model.double().eval()
    doubled = _doubled(replay)
    parameters = [p for p in model.parameters() if p.requires_grad]
    loss = doubled.loss(model).mean()
    grads = torch.autograd.grad(loss, parameters, allow_unused=True)
    directions = [torch.randn_like(p) for p in parameters]
    slope = sum(float((g * d).sum()) for g, d in zip(grads, directions, strict=True) if g is not None)
    size = 1e-6 * max(1.0, max(float(p.detach().abs().max()) for p in parameters))
    ends = []
    for sign in (1, -1):
        with torch.no_grad():
            for p, d in zip(parameters, directions, strict=True):
                p += sign * size * d
            ends.append(float(doubled.loss(model).mean()))
            for p, d in zip(parameters, directions, strict=True):
                p -= sign * size * d
    measured = (ends[0] - ends[1]) / (2 * size)
    right = abs(measured - slope) <= RIGHT * max(abs(measured), abs(slope), 1e-6)
    means = (
        "The gradients are right."
        if right
        else "They differ: something between the parameters and the loss is not followed by autograd "
        "(detach, .item(), .data, rounding, a kink right here)."
    )
    did = "the slope along a random direction, from autograd and by finite differences, in float64"
    return Experiment("Are the gradients right?", did, f"{number(slope)} and {number(measured)}", means)


def _doubled(replay: Replay) -> Replay:
    def double(value: Any) -> Any:
        return value.double() if isinstance(value, torch.Tensor) and value.is_floating_point() else value

    kwargs = {name: double(value) for name, value in replay.kwargs.items()}
    args, rest = tuple(map(double, replay.args)), tuple(map(double, replay.rest))
    return Replay(replay.model, args, replay.steps, replay.loss_fn, rest, kwargs, replay.name)


def _one_batch(replay: Replay, model: Any, run: RunRecord) -> Experiment:
    """Whether the model can learn one batch by heart."""
    tried = []
    for rate in RATES:
        one = copy.deepcopy(model)
        tried.append((*_trained(replay, one, torch.optim.Adam(one.parameters(), lr=rate)), rate))
    before, after, steps, rate = min(tried, key=lambda ends: ends[1])
    learned = after < LEARNED * before
    means = (
        "Model and loss can learn: look at the learning rate, at the data, and at the order of the steps."
        if learned
        else "Not even one batch is learned: look at the model and at how the loss is made."
    )
    did = f"{steps} steps of Adam(lr={rate:g}) on one batch, from where the run ended"
    return Experiment("Can it learn one batch?", did, f"loss {number(before)} → {number(after)}", means)


def _rates(replay: Replay, model: Any, run: RunRecord) -> Experiment | None:
    """The learner's own optimizer with a tenth and with ten times its learning rate."""
    optimizer = run.optimizers[0]
    make = getattr(torch.optim, optimizer.kind, None)
    settings = dict(optimizer.settings)
    rate = settings.get("lr")
    if make is None or not isinstance(rate, (int, float)) or optimizer.kind == "LBFGS":
        return None
    kept = {key: settings[key] for key in ("momentum", "weight_decay", "nesterov") if settings.get(key)}
    ends = []
    for factor in (0.1, 1, 10):
        one = copy.deepcopy(model)
        ends.append((_trained(replay, one, make(one.parameters(), lr=rate * factor, **kept)), rate * factor))
    best, chosen = min(ends, key=lambda end: end[0][1] if math.isfinite(end[0][1]) else math.inf)
    gain, own = best[0] - best[1], ends[1][0][0] - ends[1][0][1]
    means = (
        f"lr={chosen:g} learns this batch faster: try it."
        if chosen != rate and gain > max(FASTER * own, LEAST_GAIN * best[0])
        else "Neither a tenth nor ten times of it learns this batch faster."
    )
    showed = ", ".join(f"lr={tried:g}: {number(end[1])}" for end, tried in ends)
    did = f"{best[2]} steps of {optimizer.kind} on one batch with three learning rates, from loss {number(best[0])}"
    return Experiment("Is it the learning rate?", did, showed, means)


def _trained(replay: Replay, model: Any, optimizer: Any) -> tuple[float, float, int]:
    """The loss before and after a short training on the batch, and the number of steps."""
    return _timed(lambda: _step(replay, model, optimizer), lambda: float(replay.loss(model).detach().mean()))


def _step(replay: Replay, model: Any, optimizer: Any) -> None:
    optimizer.zero_grad()
    replay.loss(model).mean().backward()  # type: ignore[no-untyped-call]  # PyTorch does not type it
    optimizer.step()


def _timed(step: Callable[[], None], loss: Callable[[], float]) -> tuple[float, float, int]:
    before, end, steps = loss(), time.process_time() + MOST_SECONDS, 0
    while steps < MOST_STEPS and time.process_time() < end:
        step()
        steps += 1
    return before, loss(), steps
