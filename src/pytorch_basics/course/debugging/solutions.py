"""References and named wrong repairs of the fourteen programs, in the lesson's order.

In go the functions and classes below, each a few lines of PyTorch; out comes ``SOLUTIONS``. The first reference of each
computes what is expected. The wrong ones are the repairs that make a message go away and leave, or move, the mistake.
One file although long: every entry stands alone, and the order is that of ``exercises.py``.
"""
# PyTorch declares no types for `backward`, and calling a module gives Any; these read as a learner writes them.
# mypy: disable-error-code="no-untyped-call, no-any-return, no-untyped-def"

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import SGD, Optimizer

from pytorch_basics.practice.exercise import Solutions, Wrong

Batches = list[tuple[Tensor, Tensor]]
Pair = tuple[Tensor, Tensor]
Array = np.ndarray[Any, Any]


def said(**right: str) -> tuple[dict[str, str], dict[str, str]]:
    """The right guess. A word has one spelling; two references are the rule."""
    return right, dict(right)


# --- patient 1


class SmallNet(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3)
        self.head = nn.Linear(4 * 6 * 6, classes)

    def forward(self, images: Tensor) -> Tensor:
        hidden = self.conv(images).relu()
        return self.head(hidden.flatten(1))


class SmallNetMeasured(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3)
        features = self.conv(torch.zeros(1, 1, 8, 8)).numel()
        self.head = nn.Linear(features, classes)

    def forward(self, images: Tensor) -> Tensor:
        hidden = torch.relu(self.conv(images))
        return self.head(hidden.reshape(len(images), -1))


class SmallNetPadded(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3, padding=1)
        self.head = nn.Linear(4 * 8 * 8, classes)

    def forward(self, images: Tensor) -> Tensor:
        hidden = self.conv(images).relu()
        return self.head(hidden.flatten(1))


class SmallNetCut(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3)
        self.head = nn.Linear(4 * 8 * 8, classes)

    def forward(self, images: Tensor) -> Tensor:
        hidden = self.conv(images).relu()
        return self.head(hidden.view(-1, 4 * 8 * 8))


class SmallNetAllInOne(SmallNet):
    def forward(self, images: Tensor) -> Tensor:
        hidden = self.conv(images).relu()
        return self.head(hidden.flatten())


class SmallNetNotFlat(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3)
        self.head = nn.Linear(6, classes)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.conv(images).relu())


class SmallNetAveraged(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3)
        self.head = nn.Linear(4, classes)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.conv(images).relu().mean(dim=(2, 3)))


# --- patient 2


def score_rows(layer: nn.Linear, rows: Array) -> Tensor:
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return layer(torch.from_numpy(scaled).float())


def score_rows_as_float32(layer: nn.Linear, rows: Array) -> Tensor:
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return layer(torch.tensor(scaled, dtype=torch.float32))


def score_rows_in_double(layer: nn.Linear, rows: Array) -> Tensor:
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return layer.double()(torch.from_numpy(scaled).double())


def score_rows_in_double_and_back(layer: nn.Linear, rows: Array) -> Tensor:
    return score_rows_in_double(layer, rows).float()


def score_rows_of_long(layer: nn.Linear, rows: Array) -> Tensor:
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return layer(torch.from_numpy(scaled).long())


def score_rows_rounded(layer: nn.Linear, rows: Array) -> Tensor:
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return layer(torch.from_numpy(scaled).long().float())


def score_rows_unscaled(layer: nn.Linear, rows: Array) -> Tensor:
    return layer(torch.from_numpy(rows).float())


# --- patients 3 and 8: a loss of logits


def point_loss(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    logits = model(points).squeeze(1)
    return nn.BCEWithLogitsLoss()(logits, labels)


def point_loss_of_columns(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(model(points), labels.unsqueeze(1))


def point_loss_squeezing_all(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return nn.BCEWithLogitsLoss()(model(points).squeeze(), labels)


def point_loss_squeezing_batch(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return nn.BCEWithLogitsLoss()(model(points).squeeze(0), labels)


def point_loss_of_row(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return nn.BCEWithLogitsLoss()(model(points), labels.unsqueeze(0))


def point_loss_of_squares(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return nn.MSELoss()(model(points), labels)


def logit_loss_of_probabilities(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    probabilities = torch.sigmoid(model(points).squeeze(1))
    return nn.BCELoss()(probabilities, labels)


def logit_loss_squashed(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return nn.BCEWithLogitsLoss()(torch.sigmoid(model(points).squeeze(1)), labels)


def logit_loss_without_any(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return nn.BCELoss()(model(points).squeeze(1), labels)


def logit_loss_of_tanh(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return nn.BCEWithLogitsLoss()(torch.tanh(model(points).squeeze(1)), labels)


def logit_loss_rounded(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return nn.BCEWithLogitsLoss()(torch.sigmoid(model(points).squeeze(1)).round(), labels)


def logit_loss_of_logarithms(model: nn.Module, points: Tensor, labels: Tensor) -> Tensor:
    return nn.BCEWithLogitsLoss()(torch.sigmoid(model(points).squeeze(1)).log(), labels)


# --- patient 4


def fit(model: nn.Module, points: Tensor, labels: Tensor, lr: float, steps: int) -> list[float]:
    optimizer = SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = nn.BCEWithLogitsLoss()(model(points).squeeze(1), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def fit_by_hand(model: nn.Module, points: Tensor, labels: Tensor, lr: float, steps: int) -> list[float]:
    losses: list[float] = []
    while len(losses) < steps:
        loss = functional.binary_cross_entropy_with_logits(model(points), labels.unsqueeze(1))
        grads = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for parameter, grad in zip(model.parameters(), grads, strict=True):
                parameter.sub_(lr * grad)
        losses.append(loss.item())
    return losses


def fit_retaining(model: nn.Module, points: Tensor, labels: Tensor, lr: float, steps: int) -> list[float]:
    optimizer = SGD(model.parameters(), lr=lr)
    loss = nn.BCEWithLogitsLoss()(model(points).squeeze(1), labels)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss.backward(retain_graph=True)
        optimizer.step()
        losses.append(loss.item())
    return losses


def fit_detached(model: nn.Module, points: Tensor, labels: Tensor, lr: float, steps: int) -> list[float]:
    optimizer = SGD(model.parameters(), lr=lr)
    loss = nn.BCEWithLogitsLoss()(model(points).squeeze(1), labels)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss.detach().requires_grad_().backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def fit_logits_outside(model: nn.Module, points: Tensor, labels: Tensor, lr: float, steps: int) -> list[float]:
    optimizer = SGD(model.parameters(), lr=lr)
    logits = model(points).squeeze(1)
    losses = []
    for _ in range(steps):
        loss = nn.BCEWithLogitsLoss()(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def fit_giving_up(model: nn.Module, points: Tensor, labels: Tensor, lr: float, steps: int) -> list[float]:
    return fit(model, points, labels, lr, 1)


def fit_reporting_old_loss(model: nn.Module, points: Tensor, labels: Tensor, lr: float, steps: int) -> list[float]:
    return fit(model, points, labels, lr, steps)[:1] * steps


# --- patient 5


def energy(x: Tensor, weight: Tensor, scale: float) -> Tensor:
    hidden = torch.tanh(x @ weight)
    hidden = hidden * scale
    return (hidden**2).mean()


def energy_of_copy(x: Tensor, weight: Tensor, scale: float) -> Tensor:
    hidden = torch.tanh(x @ weight).clone()
    hidden *= scale
    return (hidden**2).mean()


def energy_through_data(x: Tensor, weight: Tensor, scale: float) -> Tensor:
    hidden = torch.tanh(x @ weight)
    hidden.data *= scale
    return (hidden**2).mean()


def energy_without_grad(x: Tensor, weight: Tensor, scale: float) -> Tensor:
    hidden = torch.tanh(x @ weight)
    with torch.no_grad():
        hidden *= scale
    return (hidden**2).mean()


def energy_detached(x: Tensor, weight: Tensor, scale: float) -> Tensor:
    hidden = torch.tanh(x @ weight).detach()
    hidden *= scale
    return (hidden**2).mean().requires_grad_()


def energy_unscaled(x: Tensor, weight: Tensor, scale: float) -> Tensor:
    return (torch.tanh(x @ weight) ** 2).mean()


def energy_scaled_before(x: Tensor, weight: Tensor, scale: float) -> Tensor:
    hidden = x @ weight
    hidden *= scale
    return (torch.tanh(hidden) ** 2).mean()


# --- patient 6


def backward_of_mean(model: nn.Module, batches: Batches) -> float:
    losses = []
    for x, y in batches:
        loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
        losses.append(loss)
    mean = torch.stack(losses).mean()
    mean.backward()
    return mean.item()


def backward_of_mean_in_parts(model: nn.Module, batches: Batches) -> float:
    total = 0.0
    for x, y in batches:
        loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y) / len(batches)
        loss.backward()
        total += loss.item()
    return total


def _losses(model: nn.Module, batches: Batches) -> list[Tensor]:
    return [nn.BCEWithLogitsLoss()(model(x).squeeze(1), y) for x, y in batches]


def backward_of_new_leaf(model: nn.Module, batches: Batches) -> float:
    mean = torch.tensor([loss.item() for loss in _losses(model, batches)]).mean().requires_grad_()
    mean.backward()
    return mean.item()


def backward_of_detached(model: nn.Module, batches: Batches) -> float:
    mean = torch.stack([loss.detach() for loss in _losses(model, batches)]).mean()
    mean.backward()
    return mean.item()


def backward_of_last(model: nn.Module, batches: Batches) -> float:
    losses = _losses(model, batches)
    losses[-1].backward()
    return torch.stack(losses).mean().item()


def backward_of_sum(model: nn.Module, batches: Batches) -> float:
    losses = _losses(model, batches)
    torch.stack(losses).sum().backward()
    return torch.stack(losses).mean().item()


# --- patient 7


def fit_line(model: nn.Module, points: Tensor, targets: Tensor, lr: float, steps: int) -> list[float]:
    optimizer = SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = nn.MSELoss()(model(points).squeeze(1), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def fit_line_clearing_last(model: nn.Module, points: Tensor, targets: Tensor, lr: float, steps: int) -> list[float]:
    optimizer = SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = nn.MSELoss()(model(points).squeeze(1), targets)
        loss.backward()
        optimizer.step()
        model.zero_grad()
        losses.append(loss.item())
    return losses


def fit_line_clearing_once(model: nn.Module, points: Tensor, targets: Tensor, lr: float, steps: int) -> list[float]:
    optimizer = SGD(model.parameters(), lr=lr)
    losses = []
    optimizer.zero_grad()
    for _ in range(steps):
        loss = nn.MSELoss()(model(points).squeeze(1), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def fit_line_slower(model: nn.Module, points: Tensor, targets: Tensor, lr: float, steps: int) -> list[float]:
    return fit_line_clearing_once(model, points, targets, lr / 10, steps)


def fit_line_faster(model: nn.Module, points: Tensor, targets: Tensor, lr: float, steps: int) -> list[float]:
    return fit_line_clearing_once(model, points, targets, lr * 2, steps)


def fit_line_clearing_between(model: nn.Module, points: Tensor, targets: Tensor, lr: float, steps: int) -> list[float]:
    optimizer = SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = nn.MSELoss()(model(points).squeeze(1), targets)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


# --- patient 9


def squared_loss(model: nn.Module, points: Tensor, targets: Tensor) -> Tensor:
    return nn.MSELoss()(model(points).squeeze(1), targets)


def squared_loss_of_columns(model: nn.Module, points: Tensor, targets: Tensor) -> Tensor:
    return ((model(points) - targets.unsqueeze(1)) ** 2).mean()


def squared_loss_in_silence(model: nn.Module, points: Tensor, targets: Tensor) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nn.MSELoss()(model(points), targets)


def squared_loss_of_mean(model: nn.Module, points: Tensor, targets: Tensor) -> Tensor:
    return ((model(points).mean(dim=0) - targets) ** 2).mean()


def squared_loss_of_first(model: nn.Module, points: Tensor, targets: Tensor) -> Tensor:
    return ((model(points)[0] - targets) ** 2).mean()


def squared_loss_summed(model: nn.Module, points: Tensor, targets: Tensor) -> Tensor:
    return nn.MSELoss(reduction="sum")(model(points).squeeze(1), targets)


# --- patient 10


def _train(model: nn.Module, optimizer: Optimizer, points: Tensor, labels: Tensor, steps: int) -> float:
    for _ in range(steps):
        loss = nn.BCEWithLogitsLoss()(model(points).squeeze(1), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


Make = Callable[[], nn.Module]


def fresh_starts(make_model: Make, points: Tensor, labels: Tensor, lr: float, steps: int, seeds: list[int]) -> Any:
    last = []
    for seed in seeds:
        torch.manual_seed(seed)
        model = make_model()
        optimizer = SGD(model.parameters(), lr=lr, momentum=0.9)
        for _ in range(steps):
            loss = nn.BCEWithLogitsLoss()(model(points).squeeze(1), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        last.append(loss.item())
    return last


def fresh_starts_by_group(
    make_model: Make, points: Tensor, labels: Tensor, lr: float, steps: int, seeds: list[int]
) -> Any:
    last = []
    for seed in seeds:
        torch.manual_seed(seed)
        model = make_model()
        optimizer = SGD([{"params": model.parameters()}], lr=lr, momentum=0.9)
        last.append(_train(model, optimizer, points, labels, steps))
    return last


def starts_standing_still(
    make_model: Make, points: Tensor, labels: Tensor, lr: float, steps: int, seeds: list[int]
) -> Any:
    optimizer = SGD(make_model().parameters(), lr=10 * lr, momentum=0.9)
    last = []
    for seed in seeds:
        torch.manual_seed(seed)
        last.append(_train(make_model(), optimizer, points, labels, steps))
    return last


def starts_carried_on(make_model: Make, points: Tensor, labels: Tensor, lr: float, steps: int, seeds: list[int]) -> Any:
    torch.manual_seed(seeds[0])
    model = make_model()
    optimizer = SGD(model.parameters(), lr=lr, momentum=0.9)
    return [_train(model, optimizer, points, labels, steps) for _ in seeds]


def starts_before_seed(
    make_model: Make, points: Tensor, labels: Tensor, lr: float, steps: int, seeds: list[int]
) -> Any:
    last = []
    for seed in seeds:
        model = make_model()
        torch.manual_seed(seed)
        last.append(_train(model, SGD(model.parameters(), lr=lr, momentum=0.9), points, labels, steps))
    return last


def starts_without_momentum(
    make_model: Make, points: Tensor, labels: Tensor, lr: float, steps: int, seeds: list[int]
) -> Any:
    last = []
    for seed in seeds:
        torch.manual_seed(seed)
        model = make_model()
        for _ in range(steps):
            optimizer = SGD(model.parameters(), lr=lr, momentum=0.9)
            loss = _train(model, optimizer, points, labels, 1)
        last.append(loss)
    return last


# --- patient 11


class DeepNet(nn.Module):
    def __init__(self, inputs: int, width: int, depth: int) -> None:
        super().__init__()
        sizes = [inputs] + [width] * depth
        self.hidden = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])
        self.head = nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.head(x)


class DeepNetInSequence(nn.Module):
    def __init__(self, inputs: int, width: int, depth: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Linear(inputs, width), nn.Tanh()]
        for _ in range(depth - 1):
            layers += [nn.Linear(width, width), nn.Tanh()]
        self.layers = nn.Sequential(*layers, nn.Linear(width, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class DeepNetInTuple(nn.Module):
    def __init__(self, inputs: int, width: int, depth: int) -> None:
        super().__init__()
        sizes = [inputs] + [width] * depth
        self.hidden = tuple(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.head = nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.head(x)


class DeepNetUnderOneName(nn.Module):
    def __init__(self, inputs: int, width: int, depth: int) -> None:
        super().__init__()
        sizes = [inputs] + [width] * depth
        self.hidden = []
        for a, b in pairwise(sizes):
            self.layer = nn.Linear(a, b)
            self.hidden.append(self.layer)
        self.head = nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.head(x)


class DeepNetRepeated(nn.Module):
    def __init__(self, inputs: int, width: int, depth: int) -> None:
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(inputs, width)] + [nn.Linear(width, width)] * (depth - 1))
        self.head = nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.head(x)


class DeepNetStraight(DeepNet):
    def forward(self, x: Tensor) -> Tensor:
        for layer in self.hidden:
            x = layer(x)
        return self.head(x)


# --- patient 12


def shuffled_batches(points: Tensor, labels: Tensor, size: int) -> Iterator[Pair]:
    order = torch.randperm(len(points))
    points, labels = points[order], labels[order]
    for start in range(0, len(points), size):
        yield points[start : start + size], labels[start : start + size]


def batches_by_rows(points: Tensor, labels: Tensor, size: int) -> Any:
    return [(points[rows], labels[rows]) for rows in torch.randperm(len(points)).split(size)]


def batches_of_two_orders(points: Tensor, labels: Tensor, size: int) -> Iterator[Pair]:
    points, labels = points[torch.randperm(len(points))], labels[torch.randperm(len(labels))]
    yield from zip(points.split(size), labels.split(size), strict=True)


def batches_in_order(points: Tensor, labels: Tensor, size: int) -> Iterator[Pair]:
    yield from zip(points.split(size), labels.split(size), strict=True)


def batches_with_the_same_seed(points: Tensor, labels: Tensor, size: int) -> Iterator[Pair]:
    torch.manual_seed(0)
    points = points[torch.randperm(len(points))]
    torch.manual_seed(0)
    labels = labels[torch.randperm(len(labels))]
    yield from zip(points.split(size), labels.split(size), strict=True)


def batches_with_replacement(points: Tensor, labels: Tensor, size: int) -> Iterator[Pair]:
    rows = torch.randint(0, len(points), (len(points),))
    yield from zip(points[rows].split(size), labels[rows].split(size), strict=True)


def batches_shuffled_inside(points: Tensor, labels: Tensor, size: int) -> Iterator[Pair]:
    for start in range(0, len(points), size):
        x, y = points[start : start + size], labels[start : start + size]
        order = torch.randperm(len(x))
        yield x[order], y[order]


# --- patient 13


def fit_with_dropout(
    model: nn.Module, optimizer: Optimizer, train_data: Pair, val_data: Pair, epochs: int
) -> list[float]:
    losses = []
    for _ in range(epochs):
        model.train()
        x, y = train_data
        optimizer.zero_grad()
        loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
        loss.backward()
        optimizer.step()

        x, y = val_data
        model.eval()
        with torch.no_grad():
            losses.append(nn.BCEWithLogitsLoss()(model(x).squeeze(1), y).item())
    return losses


def _step(model: nn.Module, optimizer: Optimizer, data: Pair) -> None:
    optimizer.zero_grad()
    nn.BCEWithLogitsLoss()(model(data[0]).squeeze(1), data[1]).backward()
    optimizer.step()


def _measured(model: nn.Module, data: Pair) -> float:
    with torch.no_grad():
        return nn.BCEWithLogitsLoss()(model(data[0]).squeeze(1), data[1]).item()


def fit_switching_back(
    model: nn.Module, optimizer: Optimizer, train_data: Pair, val_data: Pair, epochs: int
) -> list[float]:
    losses = []
    model.train()
    for _ in range(epochs):
        _step(model, optimizer, train_data)
        model.train(False)
        losses.append(_measured(model, val_data))
        model.train(True)
    return losses


def fit_left_in_eval(
    model: nn.Module, optimizer: Optimizer, train_data: Pair, val_data: Pair, epochs: int
) -> list[float]:
    losses = []
    model.train()
    for _ in range(epochs):
        _step(model, optimizer, train_data)
        model.eval()
        losses.append(_measured(model, val_data))
    model.train()
    return losses


def fit_never_in_eval(
    model: nn.Module, optimizer: Optimizer, train_data: Pair, val_data: Pair, epochs: int
) -> list[float]:
    losses = []
    for _ in range(epochs):
        _step(model, optimizer, train_data)
        losses.append(_measured(model, val_data))
    return losses


def fit_always_in_eval(
    model: nn.Module, optimizer: Optimizer, train_data: Pair, val_data: Pair, epochs: int
) -> list[float]:
    model.eval()
    return fit_never_in_eval(model, optimizer, train_data, val_data, epochs)


def fit_with_graph(
    model: nn.Module, optimizer: Optimizer, train_data: Pair, val_data: Pair, epochs: int
) -> list[float]:
    losses = []
    for _ in range(epochs):
        model.train()
        _step(model, optimizer, train_data)
        model.eval()
        losses.append(nn.BCEWithLogitsLoss()(model(val_data[0]).squeeze(1), val_data[1]).item())
    return losses


def fit_in_turns(model: nn.Module, optimizer: Optimizer, train_data: Pair, val_data: Pair, epochs: int) -> list[float]:
    model.train()
    for _ in range(epochs):
        _step(model, optimizer, train_data)
    model.eval()
    return [_measured(model, val_data) for _ in range(epochs)][:1]


# --- patient 14


def log_shares(model: nn.Module, images: Tensor) -> Tensor:
    images = images.permute(0, 3, 1, 2)
    return model(images).log_softmax(dim=1)


def log_shares_moving(model: nn.Module, images: Tensor) -> Tensor:
    logits = model(torch.movedim(images, -1, 1).contiguous())
    return logits - torch.logsumexp(logits, dim=1, keepdim=True)


def log_shares_of_view(model: nn.Module, images: Tensor) -> Tensor:
    batch, height, width, channels = images.shape
    return model(images.reshape(batch, channels, height, width)).log_softmax(dim=1)


def log_shares_over_batch(model: nn.Module, images: Tensor) -> Tensor:
    return model(images.permute(0, 3, 1, 2)).log_softmax(dim=0)


def log_shares_lying_down(model: nn.Module, images: Tensor) -> Tensor:
    return model(images.transpose(1, 3)).log_softmax(dim=1)


def log_shares_plain(model: nn.Module, images: Tensor) -> Tensor:
    return model(images.permute(0, 3, 1, 2)).softmax(dim=1)


SOLUTIONS: dict[str, Solutions] = {
    "debugging.name_small_net": Solutions(
        references=said(mistake="size"),
        wrong=(
            Wrong(
                "batch",
                {"mistake": "batch"},
                "5 images go in and 5 rows come out of `flatten(1)`. Had they been mixed up, the first number of the "
                "message would not be 5.",
            ),
            Wrong(
                "channels",
                {"mistake": "channels"},
                "The convolution ran: it is above the failing line. With a wrong number of channels *it* would have "
                "raised, and its message says `expected input … to have 1 channels`.",
            ),
            Wrong(
                "dtype",
                {"mistake": "dtype"},
                "With two dtypes the message would speak of dtypes, not of shapes: `must have the same dtype`.",
            ),
        ),
    ),
    "debugging.small_net": Solutions(
        references=(SmallNet, SmallNetMeasured),
        wrong=(
            Wrong(
                "padded",
                SmallNetPadded,
                "Padding does make the sizes fit, but it is another convolution now. What a layer is given decides the "
                "layer's size, not the other way round: change the head.",
            ),
            Wrong(
                "cut",
                SmallNetCut,
                "`view(-1, 256)` cuts the numbers into rows of 256, wherever an image ends. Mostly that raises; with "
                "16 images it runs, and gives 9 rows. Keep the batch: `flatten(1)`.",
                mistake="operations.view_numbers",
            ),
            Wrong(
                "all_in_one",
                SmallNetAllInOne,
                "`flatten()` without a 1 makes one row of the whole batch. With one image that still fits; with more "
                "it does not.",
            ),
            Wrong(
                "not_flat",
                SmallNetNotFlat,
                "Now the head takes the rows of each channel, one by one: it gives `(batch, 4, 6, classes)`. The "
                "message is gone, but there is no score for an image. Flatten first.",
                mistake="model.no_flatten",
            ),
            Wrong(
                "averaged",
                SmallNetAveraged,
                "Your head sees one number of each channel, their mean. That is a fine network, but another one: here "
                "every number is to reach the head.",
            ),
        ),
    ),
    "debugging.name_score_rows": Solutions(
        references=said(mistake="dtype"),
        wrong=(
            Wrong(
                "array",
                {"mistake": "array"},
                "`torch.from_numpy` made a tensor. A NumPy array would be a TypeError: `argument 'input' (position 1) "
                "must be Tensor, not numpy.ndarray`.",
            ),
            Wrong(
                "features",
                {"mistake": "features"},
                "Then the message would name two shapes: `mat1 and mat2 shapes cannot be multiplied`.",
            ),
            Wrong(
                "nan",
                {"mistake": "nan"},
                "nan raises nothing. It would come out at the other end: a score, and later a loss, of nan.",
            ),
        ),
    ),
    "debugging.score_rows": Solutions(
        references=(score_rows, score_rows_as_float32),
        wrong=(
            Wrong(
                "double_layer",
                score_rows_in_double,
                "`layer.double()` changes the caller's layer itself, in place: modules do that. The next float32 batch "
                "fails there. Convert the data, not the layer.",
                mistake="memory.numpy_is_float32",
            ),
            Wrong(
                "double_and_back",
                score_rows_in_double_and_back,
                "The scores are float32 again, but the layer is not: `layer.double()` works in place. Convert the "
                "data.",
                mistake="memory.numpy_is_float32",
            ),
            Wrong(
                "long",
                score_rows_of_long,
                "`long()` is int64, whole numbers: yet another dtype than the layer's. `Float` in the message means "
                "float32.",
                mistake="memory.numpy_is_float32",
            ),
            Wrong(
                "rounded",
                score_rows_rounded,
                "The dtype is right, the numbers are not: on their way through whole numbers all decimals were lost.",
            ),
            Wrong(
                "unscaled",
                score_rows_unscaled,
                "The dtype is right, but the scaling is gone: you give the rows as they came.",
            ),
        ),
    ),
    "debugging.name_point_loss": Solutions(
        references=said(mistake="column"),
        wrong=(
            Wrong(
                "count",
                {"mistake": "count"},
                "Both sizes begin with 200. It is the 1 behind it that only one of them has.",
            ),
            Wrong(
                "dtype",
                {"mistake": "dtype"},
                "The message compares two *sizes*. Labels of whole numbers give another one: `result type Float can't "
                "be cast to … Long`.",
            ),
            Wrong(
                "range",
                {"mistake": "range"},
                "`BCEWithLogitsLoss` does not look at the range of the labels: a label of 2 raises nothing.",
            ),
        ),
    ),
    "debugging.point_loss": Solutions(
        references=(point_loss, point_loss_of_columns),
        wrong=(
            Wrong(
                "squeezed_all",
                point_loss_squeezing_all,
                "Your repair holds until a batch has one point: `squeeze()` then removes the batch as well. Say which "
                "dimension is to go.",
                mistake="operations.squeeze_drops_batch",
            ),
            Wrong(
                "squeezed_batch",
                point_loss_squeezing_batch,
                "You squeeze dimension 0, which is the batch. Unless it holds one point, nothing happens and the "
                "message stays. The dimension of size 1 is the other one.",
                mistake="loss.target_shape",
            ),
            Wrong(
                "row",
                point_loss_of_row,
                "`unsqueeze(0)` makes one row of the labels, `(1, batch)`. The model gives a column, `(batch, 1)`.",
                mistake="loss.target_shape",
            ),
            Wrong(
                "another_loss",
                point_loss_of_squares,
                "`MSELoss` does not refuse these shapes, it only warns: it compares every output with every label. You "
                "lost the message and kept the mistake, and it is another loss as well.",
                mistake="operations.silent_broadcast",
            ),
        ),
    ),
    "debugging.name_fit": Solutions(
        references=said(cure="forward"),
        wrong=(
            Wrong(
                "retain",
                {"cure": "retain"},
                "That brings the next message: `… has been modified by an inplace operation`. The kept graph belongs "
                "to the parameters before the step, and `step()` has changed them.",
                mistake="autograd.backward_twice",
            ),
            Wrong(
                "detach",
                {"cure": "detach"},
                "No message any more, and no learning either: the detached loss has no way back to the parameters.",
                mistake="autograd.chain_is_cut",
            ),
            Wrong(
                "zero",
                {"cure": "zero"},
                "The message stays as it is. It speaks of the graph, not of what lies in `.grad`.",
                mistake="autograd.backward_twice",
            ),
        ),
    ),
    "debugging.fit": Solutions(
        references=(fit, fit_by_hand),
        wrong=(
            Wrong(
                "retained",
                fit_retaining,
                "`retain_graph=True` does what the message proposes, and not what you want: each backward goes through "
                "the forward pass of the *first* round. A deep model then raises another error; a single layer "
                "silently takes the same step again and again. Compute the loss anew.",
                mistake="autograd.made_before_loop",
            ),
            Wrong(
                "detached",
                fit_detached,
                "Your loss stays as it is, because nothing moves: a detached loss has no history, and "
                "`requires_grad_()` does not bring it back. Compute the loss anew in each round.",
                mistake="autograd.chain_is_cut",
            ),
            Wrong(
                "logits_outside",
                fit_logits_outside,
                "The loss is new in each round, but it stands on the same old forward pass: also `model(points)` "
                "belongs into the loop.",
                mistake="autograd.made_before_loop",
            ),
            Wrong(
                "one_step",
                fit_giving_up,
                "Your answer takes one step, the one that worked, and stops. All `steps` are wanted.",
            ),
            Wrong(
                "old_loss",
                fit_reporting_old_loss,
                "Your parameters move as they should. But you return the loss of the first round again and again: take "
                "the one of this round.",
            ),
        ),
    ),
    "debugging.name_energy": Solutions(
        references=said(overwritten="hidden"),
        wrong=(
            Wrong(
                "x",
                {"overwritten": "x"},
                "`x` is `(200, 2)`, and nothing writes into it. The tensor of the message is `[200, 3]`.",
            ),
            Wrong(
                "weight",
                {"overwritten": "weight"},
                "`weight` is `(2, 3)`, and nothing writes into it. Had you tried, PyTorch would have said at once: `a "
                "leaf Variable that requires grad is being used in an in-place operation`.",
            ),
            Wrong(
                "product",
                {"overwritten": "product"},
                "It has the right size. But the message says `output 0 of Tanh`, and `product` is tanh's *input*.",
                mistake="autograd.in_place_on_saved",
            ),
        ),
    ),
    "debugging.energy": Solutions(
        references=(energy, energy_of_copy),
        wrong=(
            Wrong(
                "data",
                energy_through_data,
                "No message, and a wrong gradient: `.data` hides the change from autograd, which now computes with the "
                "scaled numbers as if tanh had given them. Better the error than this.",
                mistake="autograd.through_data",
            ),
            Wrong(
                "no_grad",
                energy_without_grad,
                "`no_grad` does not stop the counting of changes in place: the same error. And if it did, the scaling "
                "would be missing from the graph. Make a new tensor.",
                mistake="autograd.in_place_on_saved",
            ),
            Wrong(
                "detached",
                energy_detached,
                "No message, and no gradient either: after `detach()` there is no way back to `weight`.",
                mistake="autograd.chain_is_cut",
            ),
            Wrong(
                "unscaled",
                energy_unscaled,
                "The line that raised is gone, and with it the scaling. The number is to be the same.",
            ),
            Wrong(
                "scaled_before",
                energy_scaled_before,
                "You scale before the tanh instead of after it. That may be done in place, as nobody kept it, but it "
                "is another number.",
            ),
        ),
    ),
    "debugging.name_backward_of_mean": Solutions(
        references=said(cut="losses"),
        wrong=(
            Wrong(
                "logits",
                {"cut": "logits"},
                "The model's parameters require grad, so its logits do. (Else you would have run it under `no_grad`.)",
            ),
            Wrong(
                "loss",
                {"cut": "loss"},
                "The loss of one batch has its history: print its `grad_fn`. It is lost one step later.",
            ),
            Wrong(
                "mean",
                {"cut": "mean"},
                "`mean()` keeps the history of what it is given. What it is given here has none any more.",
                mistake="autograd.chain_is_cut",
            ),
        ),
    ),
    "debugging.backward_of_mean": Solutions(
        references=(backward_of_mean, backward_of_mean_in_parts),
        wrong=(
            Wrong(
                "new_leaf",
                backward_of_new_leaf,
                "`requires_grad_()` ends the message, and nothing more: it makes a new beginning, not a way back. All "
                "gradients of the model are None. Keep the losses themselves, not their numbers.",
                mistake="autograd.chain_is_cut",
            ),
            Wrong(
                "detached",
                backward_of_detached,
                "`detach()` cuts as `item()` does, so the message stays. Put the losses into the list as they are.",
                mistake="autograd.chain_is_cut",
            ),
            Wrong(
                "last",
                backward_of_last,
                "Only the last batch teaches the model: its loss alone is sent backward.",
            ),
            Wrong(
                "sum",
                backward_of_sum,
                "Your gradients are those of the sum, as many times too long as there are batches.",
            ),
        ),
    ),
    "debugging.name_fit_line": Solutions(
        references=said(mistake="sum"),
        wrong=(
            Wrong(
                "rate",
                {"mistake": "rate"},
                "It looks like it. But with the same rate and fresh gradients the loss falls evenly. And a rate that "
                "is too high jumps from side to side at once; this one swings slowly.",
                mistake="optim.no_zero_grad",
            ),
            Wrong(
                "still",
                {"mistake": "still"},
                "If nothing moved, the loss would be the same in each round, to the last digit.",
            ),
            Wrong(
                "uphill",
                {"mistake": "uphill"},
                "The first steps go down, steeply. A sign turned round would climb from the first step on.",
            ),
        ),
    ),
    "debugging.fit_line": Solutions(
        references=(fit_line, fit_line_clearing_last),
        wrong=(
            Wrong(
                "not_in_the_loop",
                fit_line_clearing_once,
                "From the second step on, your steps use the sum of all gradients so far. Clearing them once, before "
                "the loop, is not enough: each round needs its own.",
                mistake="optim.no_zero_grad",
            ),
            Wrong(
                "slower",
                fit_line_slower,
                "A smaller rate makes the swing slower, not smaller: the steps still use all gradients so far. Leave "
                "the rate as it is, and clear the gradients.",
                mistake="optim.no_zero_grad",
            ),
            Wrong(
                "faster",
                fit_line_faster,
                "A higher rate makes it swing faster. The steps still use all gradients so far. Leave the rate as it "
                "is.",
                mistake="optim.no_zero_grad",
            ),
            Wrong(
                "cleared_between",
                fit_line_clearing_between,
                "Now nothing moves: `zero_grad()` stands between `backward()` and `step()`.",
                mistake="optim.cleared_before_step",
            ),
        ),
    ),
    "debugging.name_logit_loss": Solutions(
        references=said(mistake="squashed"),
        wrong=(
            Wrong(
                "rate",
                {"mistake": "rate"},
                "The loss has a floor, and with a higher rate it only reaches it sooner. That is what tells a floor "
                "from slow learning.",
                mistake="loss.sigmoid_twice",
            ),
            Wrong(
                "labels",
                {"mistake": "labels"},
                "All labels are 0 or 1. (The first thing to look at all the same.)",
            ),
            Wrong(
                "cut",
                {"mistake": "cut"},
                "Without a gradient the loss would not have moved at all. It fell a little, then it stood.",
            ),
        ),
    ),
    "debugging.logit_loss": Solutions(
        references=(point_loss, logit_loss_of_probabilities),
        wrong=(
            Wrong(
                "still_twice",
                logit_loss_squashed,
                "There is still a sigmoid before a loss that applies one itself.",
                mistake="loss.sigmoid_twice",
            ),
            Wrong(
                "none_at_all",
                logit_loss_without_any,
                "Now there is no sigmoid at all: `BCELoss` wants probabilities, and gets logits. Change the sigmoid "
                "*or* the loss, not both.",
                mistake="loss.bce_wants_probabilities",
            ),
            Wrong(
                "tanh",
                logit_loss_of_tanh,
                "A tanh squashes as well: the loss is given numbers from −1 to 1 only, and has a floor again. A logit "
                "may be any number.",
                mistake="loss.scores_squashed",
            ),
            Wrong(
                "rounded",
                logit_loss_rounded,
                "Rounding has the slope 0 everywhere: no gradient comes back through it.",
                mistake="autograd.rounded_away",
            ),
            Wrong(
                "logarithms",
                logit_loss_of_logarithms,
                "The logarithm of a probability is not the logit: it is never above 0, so the model can never say "
                "'rather 1'.",
                mistake="loss.scores_squashed",
            ),
        ),
    ),
    "debugging.name_squared_loss": Solutions(
        references=said(mistake="pairs"),
        wrong=(
            Wrong(
                "weak",
                {"mistake": "weak"},
                "The targets *are* a line, x₀ − x₁: the best one has no error at all.",
            ),
            Wrong(
                "nan",
                {"mistake": "nan"},
                "One nan among the targets, and the loss would be nan from the first step on.",
            ),
            Wrong(
                "cut",
                {"mistake": "cut"},
                "A gradient arrives. It pulls every output towards all targets at once.",
            ),
        ),
    ),
    "debugging.squared_loss": Solutions(
        references=(squared_loss, squared_loss_of_columns),
        wrong=(
            Wrong(
                "in_silence",
                squared_loss_in_silence,
                "Every output is still compared with every target: the loss is that of `(batch, batch)` differences. "
                "Whether you turn the warning off, squeeze the other dimension, or make a row of the targets: the "
                "shapes must be equal.",
                mistake="operations.silent_broadcast",
            ),
            Wrong(
                "mean",
                squared_loss_of_mean,
                "You compare the mean of all outputs with each target. Each output has a target of its own.",
            ),
            Wrong(
                "first",
                squared_loss_of_first,
                "`[0]` takes the first point's output, and compares it with all targets. Only that point learns.",
            ),
            Wrong(
                "summed",
                squared_loss_summed,
                "The shapes are right now. But it is the sum over the points, not their mean.",
            ),
        ),
    ),
    "debugging.name_fresh_starts": Solutions(
        references=said(mistake="others"),
        wrong=(
            Wrong(
                "gradients",
                {"mistake": "gradients"},
                "The table shows a gradient for each parameter. What it does not show is a move.",
            ),
            Wrong(
                "cleared",
                {"mistake": "cleared"},
                "`zero_grad()` stands before `backward()`: the gradients are there when `step()` comes. (It would not "
                "have cleared them anyway. Why?)",
            ),
            Wrong(
                "frozen",
                {"mistake": "frozen"},
                "Parameters that do not require grad get no gradient. These do.",
            ),
        ),
    ),
    "debugging.fresh_starts": Solutions(
        references=(fresh_starts, fresh_starts_by_group),
        wrong=(
            Wrong(
                "standing_still",
                starts_standing_still,
                "Your losses are those of untrained models: `step()` moves the parameters that the optimizer was "
                "given, and those belong to a model that nobody uses. No learning rate helps. First the model, then "
                "its optimizer.",
                mistake="optim.holds_other_parameters",
            ),
            Wrong(
                "carried_on",
                starts_carried_on,
                "Now one model learns on and on. For each seed a *new* one is wanted, with an optimizer of its own.",
            ),
            Wrong(
                "before_seed",
                starts_before_seed,
                "Your models train, but the seed comes too late: a model's numbers are drawn when it is made.",
            ),
            Wrong(
                "in_each_step",
                starts_without_momentum,
                "You make an optimizer for each *step*: its momentum is forgotten every time. One for each model.",
                mistake="optim.made_in_loop",
            ),
        ),
    ),
    "debugging.name_deep_net": Solutions(
        references=said(mistake="unlisted"),
        wrong=(
            Wrong(
                "unused",
                {"mistake": "unused"},
                "`forward` goes through all of them. Without them a `(batch, 2)` would not fit into the head.",
            ),
            Wrong(
                "cut",
                {"mistake": "cut"},
                "Gradients arrive in them: `backward()` follows the graph. Who moves them then?",
                mistake="model.plain_list",
            ),
            Wrong(
                "saturated",
                {"mistake": "saturated"},
                "The layers are fresh and the inputs small: tanh is in its middle.",
            ),
        ),
    ),
    "debugging.deep_net": Solutions(
        references=(DeepNet, DeepNetInSequence),
        wrong=(
            Wrong(
                "tuple",
                DeepNetInTuple,
                "The model lists only the head's parameters. It looks as little into a tuple or a dict as into a list.",
                mistake="model.plain_list",
            ),
            Wrong(
                "one_name",
                DeepNetUnderOneName,
                "The model knows the last hidden layer only: under one name in `self`, each new layer takes the place "
                "of the one before.",
                mistake="model.plain_list",
            ),
            Wrong(
                "repeated",
                DeepNetRepeated,
                "Some of your layers are one and the same object: `[layer] * 3` repeats it, with one weight for all. "
                "Make a new layer each time.",
                mistake="model.one_layer_repeated",
            ),
            Wrong(
                "straight",
                DeepNetStraight,
                "All layers are listed, but the tanh is gone: without a bend, all of them together are one line.",
            ),
        ),
    ),
    "debugging.name_shuffled_batches": Solutions(
        references=said(mistake="labels"),
        wrong=(
            Wrong(
                "lost",
                {"mistake": "lost"},
                "All points come. And a few lost ones would not keep the loss at ln 2.",
            ),
            Wrong(
                "twice",
                {"mistake": "twice"},
                "`randperm` names each number once.",
            ),
            Wrong(
                "order",
                {"mistake": "order"},
                "The order of the points is a new one each time; and a fixed order would still learn.",
            ),
        ),
    ),
    "debugging.shuffled_batches": Solutions(
        references=(shuffled_batches, batches_by_rows),
        wrong=(
            Wrong(
                "two_orders",
                batches_of_two_orders,
                "Points still come with the labels of others. One order for the points and none, or another one, for "
                "the labels: either way they are out of step. Draw one order, use it twice.",
                mistake="data.labels_left_in_order",
            ),
            Wrong(
                "in_order",
                batches_in_order,
                "Points and labels are in step again, because nothing is shuffled any more.",
            ),
            Wrong(
                "same_seed",
                batches_with_the_same_seed,
                "The seed keeps them in step, and makes every epoch the same (and it resets all other random numbers "
                "of the program). Keep the order in a variable instead.",
                mistake="data.seeded_in_loop",
            ),
            Wrong(
                "with_replacement",
                batches_with_replacement,
                "`randint` may name a point twice and another never. `randperm` names each once.",
            ),
            Wrong(
                "inside",
                batches_shuffled_inside,
                "You shuffle inside each batch: the same points are always together. Shuffle all points first.",
            ),
        ),
    ),
    "debugging.name_fit_with_dropout": Solutions(
        references=said(mistake="off"),
        wrong=(
            Wrong(
                "none",
                {"mistake": "none"},
                "It was made with 0.5. And in the first epoch it does drop.",
            ),
            Wrong(
                "on",
                {"mistake": "on"},
                "`eval()` is called before each validation, so nothing is dropped there.",
            ),
            Wrong(
                "graph",
                {"mistake": "graph"},
                "`no_grad` is there. A graph would cost memory only; it would not change what the model learns.",
            ),
        ),
    ),
    "debugging.fit_with_dropout": Solutions(
        references=(fit_with_dropout, fit_switching_back),
        wrong=(
            Wrong(
                "left_in_eval",
                fit_left_in_eval,
                "From the second epoch on, the model still trains in evaluation mode. `train()` before or after the "
                "loop does not help: it is needed once in each epoch.",
                mistake="evaluation.left_in_eval_mode",
            ),
            Wrong(
                "never_in_eval",
                fit_never_in_eval,
                "Now the dropout drops in validation too. `no_grad` does not switch it off.",
                mistake="evaluation.not_in_eval_mode",
            ),
            Wrong(
                "always_in_eval",
                fit_always_in_eval,
                "Now the model is in evaluation mode all the time, also in the first epoch: the dropout does nothing.",
                mistake="evaluation.left_in_eval_mode",
            ),
            Wrong(
                "graph",
                fit_with_graph,
                "The modes are right. But validation keeps a graph now: `eval()` does not switch gradients off.",
            ),
            Wrong(
                "in_turns",
                fit_in_turns,
                "You train first and validate once, at the end. A loss after each epoch is wanted.",
            ),
        ),
    ),
    "debugging.name_log_shares": Solutions(
        references=({"log_of": 90, "mistake": "dim"}, {"log_of": 90.0, "mistake": "dim"}),
        wrong=(
            Wrong(
                "three",
                {"log_of": 3},
                "ln 3 is 1.1: what guessing costs with 3 classes. The loss stays at 4.5.",
                mistake="loss.softmax_over_batch",
            ),
            Wrong(
                "cut",
                {"mistake": "cut"},
                "A gradient arrives. And the loss is *above* ln 3, that of guessing, before any step is made.",
            ),
            Wrong(
                "labels",
                {"mistake": "labels"},
                "`NLLLoss` raises at once for a label that is no class: `Target 3 is out of bounds`.",
            ),
            Wrong(
                "nan",
                {"mistake": "nan"},
                "nan anywhere, and the loss would be nan.",
            ),
        ),
    ),
    "debugging.log_shares": Solutions(
        references=(log_shares, log_shares_moving),
        wrong=(
            Wrong(
                "view",
                log_shares_of_view,
                "The softmax is right. The pictures are not: `view` and `reshape` keep the reading order, so colours "
                "and places are mixed up. Dimensions are put into another order by another method.",
                mistake="memory.view_is_transpose",
            ),
            Wrong(
                "over_batch",
                log_shares_over_batch,
                "The pictures are right. But along `dim=0` the images of the batch share one sum, not the classes of "
                "an image.",
                mistake="loss.softmax_over_batch",
            ),
            Wrong(
                "lying_down",
                log_shares_lying_down,
                "Both repaired, nearly: `transpose(1, 3)` puts the channels in front, and exchanges height and width "
                "as well. Your pictures lie on their side.",
            ),
            Wrong(
                "plain",
                log_shares_plain,
                "These are the shares. Their logarithms are wanted, as `NLLLoss` takes them.",
                mistake="loss.nll_of_probabilities",
            ),
        ),
    ),
}
