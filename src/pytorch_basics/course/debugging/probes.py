"""What the repairs are judged by: each probe runs a repaired program on hidden data and turns what it did into facts.

In go a learner's function or class and a case; out come plain facts. A case cannot carry a model, so it carries the
text of one. One module, because the module of a probe travels to the sandbox by value, and the rest of the topic must
not.
"""
# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for hooks and backward().

import warnings
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector

Answer = Callable[..., Any]


def make(model: str) -> nn.Module:
    """``"Linear(2, 1)"`` as a model."""
    made: nn.Module = eval(model, vars(nn))
    return made


def place(model: nn.Module) -> Tensor:
    """All parameters of a model in one row, as they are now."""
    return parameters_to_vector(model.parameters()).detach().clone()


def gradients(model: nn.Module) -> Any:
    """All gradients in one row; None where one is missing."""
    found = [parameter.grad for parameter in model.parameters()]
    return (
        None
        if any(grad is None for grad in found)
        else torch.cat([grad.flatten() for grad in found if grad is not None])
    )


def probe_small_net(answer: Answer, classes: int, batch: int) -> dict[str, Any]:
    """The sizes, and whether the output is that of the two layers it has."""
    net, images = answer(classes), torch.rand(batch, 1, 8, 8)
    output = net(images)
    flat = net.conv(images).relu().flatten(1)
    fits = flat.shape[1] == net.head.in_features
    return {
        "output": tuple(output.shape),
        "convolution": f"kernel {net.conv.kernel_size}, padding {net.conv.padding}, {net.conv.out_channels} channels",
        "features of the head": net.head.in_features,
        "every number reaches it": fits and output.shape == (batch, classes) and torch.allclose(output, net.head(flat)),
    }


def probe_score_rows(answer: Answer, rows: np.ndarray[Any, Any], outputs: int) -> dict[str, Any]:
    """The scores, and the dtype of the layer afterwards."""
    layer = nn.Linear(rows.shape[1], outputs)
    scores = answer(layer, rows)
    return {"scores": scores.detach(), "learns": scores.requires_grad, "layer": str(layer.weight.dtype)}


def probe_loss(answer: Answer, model: str, points: Tensor, labels: Tensor) -> dict[str, Any]:
    """A loss as a number, and the gradients that it gives."""
    made = make(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a broadcasting loss warns, and is judged by its numbers
        loss = answer(made, points, labels)
    loss.backward()
    return {"loss": loss.detach(), "gradients": gradients(made)}


def probe_fit(answer: Answer, model: str, points: Tensor, labels: Tensor, lr: float, steps: int) -> dict[str, Any]:
    """What was returned, and where the parameters are."""
    made = make(model)
    return {"losses": answer(made, points, labels, lr, steps), "parameters": place(made)}


def probe_energy(answer: Answer, x: Tensor, weight: Tensor, scale: float) -> dict[str, Any]:
    """The number, and the gradient of the weight."""
    learned = weight.clone().requires_grad_()
    energy = answer(x, learned, scale)
    energy.backward()
    return {"energy": energy.detach(), "weight.grad": learned.grad}


def probe_backward_of_mean(answer: Answer, model: str, batches: list[tuple[Tensor, Tensor]]) -> dict[str, Any]:
    """What was returned, and what lies in ``.grad``."""
    made = make(model)
    return {"returned": answer(made, batches), "gradients": gradients(made)}


def probe_fit_line(answer: Answer, points: Tensor, targets: Tensor, lr: float, steps: int) -> dict[str, Any]:
    """How long the first step is, and by which gradients the later ones go, whatever the rate."""
    model = nn.Linear(points.shape[1], 1)
    once, many = deepcopy(model), deepcopy(model)
    answer(once, points, targets, lr, 1)
    losses = answer(many, points, targets, lr, steps)
    clean = _descend(model, points, targets, lr, 1, False)[1]
    ratio = ((place(once) - place(model)).norm() / (clean - place(model)).norm()).item()
    said, ended = _descend(model, points, targets, ratio * lr, steps, False)
    summed = _descend(model, points, targets, ratio * lr, steps, True)[1]
    ways = {"the gradient of each round": ended, "the sum of all gradients so far": summed}
    near = (name for name, end in ways.items() if torch.allclose(end, place(many), rtol=1e-3, atol=1e-4))
    return {
        "the first step": "none"
        if ratio < 1e-6
        else "right"
        if abs(ratio - 1) < 1e-3
        else "too long"
        if ratio > 1
        else "too short",
        "steps go by": "nothing" if torch.equal(place(many), place(model)) else next(near, "something else"),
        "losses": "one before each step"
        if _near(losses, said) or _near(losses, _descend(model, points, targets, ratio * lr, steps, True)[0])
        else "others",
    }


def _near(losses: Any, expected: list[float]) -> bool:
    return (
        isinstance(losses, list)
        and len(losses) == len(expected)
        and bool(np.allclose(losses, expected, rtol=1e-3, atol=1e-4))
    )


def _descend(
    model: nn.Module, points: Tensor, targets: Tensor, lr: float, steps: int, adding: bool
) -> tuple[list[float], Tensor]:
    """The losses and the place at the end, with gradients of each round alone or all of them together."""
    model, losses = deepcopy(model), []
    total = [torch.zeros_like(parameter) for parameter in model.parameters()]
    for _ in range(steps):
        loss = nn.functional.mse_loss(model(points).squeeze(1), targets)
        losses.append(loss.item())
        grads = torch.autograd.grad(loss, list(model.parameters()))
        total = [old * adding + grad for old, grad in zip(total, grads, strict=True)]
        with torch.no_grad():
            for parameter, step in zip(model.parameters(), total, strict=True):
                parameter.sub_(lr * step)
    return losses, place(model)


def probe_fresh_starts(
    answer: Answer, model: str, points: Tensor, labels: Tensor, lr: float, steps: int, seeds: list[int]
) -> Any:
    """The last losses."""
    return answer(lambda: make(model), points, labels, lr, steps, seeds)


def probe_deep_net(answer: Answer, inputs: int, width: int, depth: int, batch: int) -> dict[str, Any]:
    """Which parameters there are, which of them one step of training moves, and whether the model bends."""
    net, x = answer(inputs, width, depth), torch.randn(batch, inputs)
    parameters = list(net.parameters())
    before = [parameter.detach().clone() for parameter in parameters]
    output, flipped, none = net(x), net(-x), net(0 * x)
    (output**2).mean().backward()
    torch.optim.SGD(parameters, lr=0.1).step()
    return {
        "parameters": sorted(tuple(parameter.shape) for parameter in parameters),
        "moved": sum(not torch.equal(old, new) for old, new in zip(before, parameters, strict=True)),
        "output": tuple(output.shape),
        "bends": not torch.allclose(output + flipped, 2 * none, atol=1e-6),
    }


def probe_shuffled_batches(answer: Answer, count: int, size: int, features: int) -> dict[str, Any]:
    """Two epochs of points whose first feature tells their number and their label."""
    numbers = torch.arange(float(count))
    points, labels = numbers.unsqueeze(1).repeat(1, features), (numbers * 7 + 3) % 11
    first, second = list(answer(points, labels, size)), list(answer(points, labels, size))
    x, y = torch.cat([x for x, _ in first])[:, 0], torch.cat([y for _, y in first])
    again = torch.cat([x for x, _ in second])[:, 0]
    same_batch = all(
        set(a[:, 0].tolist()) == set(points[k * size : (k + 1) * size, 0].tolist()) for k, (a, _) in enumerate(first)
    )
    few = count < 10  # so few that chance may leave them in order
    return {
        "sizes": [len(batch) for batch, _ in first],
        "own label": bool(len(x) == len(y) and torch.equal(y, (x * 7 + 3) % 11)),
        "each point once": torch.equal(x.sort().values, numbers),
        "shuffled": few or not torch.equal(x, numbers),
        "across batches": few or not same_batch,
        "anew in each epoch": few or not torch.equal(x, again),
    }


def probe_fit_with_dropout(answer: Answer, train: int, val: int, epochs: int) -> dict[str, Any]:
    """In which mode the model was called with which data, and whether with a graph."""
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    sets = [(torch.randn(count, 2), torch.ones(count)) for count in (train, val)]
    calls: dict[str, list[str]] = {"training": [], "validation": []}

    def note(module: nn.Module, inputs: Any, output: Tensor) -> None:
        name = "training" if torch.equal(inputs[0], sets[0][0]) else "validation"
        calls[name].append(
            f"{'training' if module.training else 'evaluation'}, {'graph' if output.requires_grad else 'no graph'}"
        )

    model.register_forward_hook(note)
    steps: list[int] = []
    optimizer.register_step_post_hook(lambda *_: steps.append(1))
    losses = answer(model, optimizer, *sets, epochs)
    return {
        **calls,
        "steps": len(steps),
        "losses": len(losses),
        "numbers": all(isinstance(loss, float) for loss in losses),
    }


def probe_log_shares(answer: Answer, images: Tensor, classes: int) -> Tensor:
    """What comes out for a small convolutional model that tells height from width."""
    channels = images.shape[3]
    layers = nn.Conv2d(channels, 4, (3, 2)), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, classes)
    shares: Tensor = answer(nn.Sequential(*layers), images)
    return shares.detach()
