"""References and named wrong solutions of the exercises on optimizers, in the lesson's order.

In go the functions below, each a few lines of PyTorch; out comes ``SOLUTIONS``. The first reference of each computes
what is expected. Most wrong training loops run three rounds only: what is wrong with them shows at once. One file
although long: every entry stands alone, and the order is that of ``exercises.py``.
"""
# PyTorch declares no types for `backward`, calling a module gives Any, and `.grad` is maybe None; these read as a
# learner writes them.
# mypy: disable-error-code="no-untyped-call, no-any-return, operator, arg-type, union-attr, assignment"

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import SGD, Optimizer

from pytorch_basics.practice.exercise import Solutions, Wrong

NOT_CLEARED = "optim.no_zero_grad"
CLEARED_EARLY = "optim.cleared_before_step"
STEP_FIRST = "optim.step_before_backward"
OTHERS = "optim.holds_other_parameters"
ZEROS = "optim.zero_grad_leaves_zeros"
ASSIGNED = "autograd.assigned_parameter"
TWICE = "loss.sigmoid_twice"
HIDDEN = "model.plain_list"

# --- train_step


def train_step(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def train_step_clearing_last(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    loss = functional.binary_cross_entropy_with_logits(model(x), y.unsqueeze(1))
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def train_step_not_clearing(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def train_step_clearing_between(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def train_step_stepping_first(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item()


def train_step_one_late(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    optimizer.step()
    optimizer.zero_grad()
    loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
    loss.backward()
    return loss.item()


def train_step_of_sigmoid(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    loss = nn.BCEWithLogitsLoss()(torch.sigmoid(model(x)).squeeze(1), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def train_step_giving_tensor(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> Any:
    loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def train_step_loss_after(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    train_step(model, optimizer, x, y)
    return nn.BCEWithLogitsLoss()(model(x).squeeze(1), y).item()


def train_step_summed(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor) -> float:
    loss = nn.BCEWithLogitsLoss(reduction="sum")(model(x).squeeze(1), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# --- my_sgd


class MySGD:
    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.0) -> None:
        self.parameters = list(parameters)
        self.velocities = [torch.zeros_like(p) for p in self.parameters]
        self.lr = lr
        self.momentum = momentum

    def step(self) -> None:
        with torch.no_grad():
            for p, v in zip(self.parameters, self.velocities, strict=True):
                if p.grad is not None:
                    v.mul_(self.momentum).add_(p.grad)
                    p -= self.lr * v

    def zero_grad(self) -> None:
        for p in self.parameters:
            p.grad = None


class MySGDWithDict:
    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.0) -> None:
        self.velocity: dict[Tensor, Any] = dict.fromkeys(parameters, 0.0)
        self.lr, self.momentum = lr, momentum

    @torch.no_grad()
    def step(self) -> None:
        for p in self.velocity:
            if p.grad is not None:
                self.velocity[p] = self.momentum * self.velocity[p] + p.grad
                p.sub_(self.lr * self.velocity[p])

    def zero_grad(self) -> None:
        for p in self.velocity:
            p.grad = None


class MySGDOfIterator(MySGD):
    def __init__(self, parameters: Iterator[Tensor], lr: float, momentum: float = 0.0) -> None:
        self.parameters = parameters
        self.velocity: dict[Tensor, Any] = {}
        self.lr, self.momentum = lr, momentum

    def step(self) -> None:
        with torch.no_grad():
            for p in self.parameters:
                if p.grad is not None:
                    self.velocity[p] = self.momentum * self.velocity.get(p, 0.0) + p.grad
                    p -= self.lr * self.velocity[p]


class MySGDWithoutMomentum(MySGD):
    def step(self) -> None:
        with torch.no_grad():
            for p in self.parameters:
                if p.grad is not None:
                    p -= self.lr * p.grad


class MySGDAveraged(MySGD):
    def step(self) -> None:
        with torch.no_grad():
            for p, v in zip(self.parameters, self.velocities, strict=True):
                if p.grad is not None:
                    v.mul_(self.momentum).add_((1 - self.momentum) * p.grad)
                    p -= self.lr * v


class MySGDToZeros(MySGD):
    def zero_grad(self) -> None:
        for p in self.parameters:
            if p.grad is not None:
                p.grad.zero_()


class MySGDAssigned(MySGD):
    def step(self) -> None:
        with torch.no_grad():
            for p, v in zip(self.parameters, self.velocities, strict=True):
                if p.grad is not None:
                    v.mul_(self.momentum).add_(p.grad)
                    p = p - self.lr * v


class MySGDCoasting(MySGD):
    def step(self) -> None:
        with torch.no_grad():
            for p, v in zip(self.parameters, self.velocities, strict=True):
                v.mul_(self.momentum)
                if p.grad is not None:
                    v.add_(p.grad)
                p -= self.lr * v


class MySGDUphill(MySGD):
    def step(self) -> None:
        with torch.no_grad():
            for p, v in zip(self.parameters, self.velocities, strict=True):
                if p.grad is not None:
                    v.mul_(self.momentum).add_(p.grad)
                    p += self.lr * v


# --- fine_tune


def fine_tune(model: Any, outputs: int, body_lr: float, head_lr: float) -> Optimizer:
    model.head = nn.Linear(model.head.in_features, outputs)
    return SGD(
        [
            {"params": model.body.parameters(), "lr": body_lr},
            {"params": model.head.parameters(), "lr": head_lr},
        ]
    )


def fine_tune_adding_group(model: Any, outputs: int, body_lr: float, head_lr: float) -> Optimizer:
    optimizer = SGD(model.body.parameters(), lr=body_lr)
    model.head = nn.Linear(model.head.weight.shape[1], outputs)
    optimizer.add_param_group({"params": model.head.parameters(), "lr": head_lr})
    return optimizer


def fine_tune_too_early(model: Any, outputs: int, body_lr: float, head_lr: float) -> Optimizer:
    optimizer = SGD([{"params": model.body.parameters()}, {"params": model.head.parameters(), "lr": head_lr}], body_lr)
    model.head = nn.Linear(model.head.in_features, outputs)
    return optimizer


def fine_tune_head_only(model: Any, outputs: int, body_lr: float, head_lr: float) -> Optimizer:
    model.head = nn.Linear(model.head.in_features, outputs)
    return SGD(model.head.parameters(), lr=head_lr)


def fine_tune_one_rate(model: Any, outputs: int, body_lr: float, head_lr: float) -> Optimizer:
    model.head = nn.Linear(model.head.in_features, outputs)
    return SGD(model.parameters(), lr=body_lr)


def fine_tune_swapped(model: Any, outputs: int, body_lr: float, head_lr: float) -> Optimizer:
    return fine_tune(model, outputs, head_lr, body_lr)


def fine_tune_old_head(model: Any, outputs: int, body_lr: float, head_lr: float) -> Optimizer:
    model.head.out_features = outputs
    return SGD([{"params": model.body.parameters()}, {"params": model.head.parameters(), "lr": head_lr}], body_lr)


def fine_tune_local_head(model: Any, outputs: int, body_lr: float, head_lr: float) -> Optimizer:
    head = nn.Linear(model.head.in_features, outputs)
    return SGD([{"params": model.body.parameters()}, {"params": head.parameters(), "lr": head_lr}], body_lr)


# --- clipped_step


def clipped_step(model: nn.Module, optimizer: Optimizer, loss: Tensor, longest: float) -> float:
    optimizer.zero_grad()
    loss.backward()
    length = nn.utils.clip_grad_norm_(model.parameters(), longest)
    optimizer.step()
    return length.item()


def clipped_step_by_hand(model: nn.Module, optimizer: Optimizer, loss: Tensor, longest: float) -> float:
    loss.backward()
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    length = sum((grad**2).sum() for grad in grads) ** 0.5
    if length > longest:
        for grad in grads:
            grad.mul_(longest / length)
    optimizer.step()
    optimizer.zero_grad()
    return length.item()


def clipped_too_early(model: nn.Module, optimizer: Optimizer, loss: Tensor, longest: float) -> float:
    optimizer.zero_grad()
    length = nn.utils.clip_grad_norm_(model.parameters(), longest)
    loss.backward()
    optimizer.step()
    return length.item()


def clipped_too_late(model: nn.Module, optimizer: Optimizer, loss: Tensor, longest: float) -> float:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return nn.utils.clip_grad_norm_(model.parameters(), longest).item()


def clipped_each_alone(model: nn.Module, optimizer: Optimizer, loss: Tensor, longest: float) -> float:
    optimizer.zero_grad()
    loss.backward()
    lengths = [nn.utils.clip_grad_norm_([p], longest) for p in model.parameters()]
    optimizer.step()
    return torch.stack(lengths).norm().item()


def clipped_by_value(model: nn.Module, optimizer: Optimizer, loss: Tensor, longest: float) -> float:
    optimizer.zero_grad()
    loss.backward()
    length = torch.cat([p.grad.flatten() for p in model.parameters()]).norm()
    nn.utils.clip_grad_value_(model.parameters(), longest)
    optimizer.step()
    return length.item()


def clipped_always(model: nn.Module, optimizer: Optimizer, loss: Tensor, longest: float) -> float:
    optimizer.zero_grad()
    loss.backward()
    length = torch.cat([p.grad.flatten() for p in model.parameters()]).norm()
    for p in model.parameters():
        p.grad.mul_(longest / length)
    optimizer.step()
    return length.item()


def clipped_not_clearing(model: nn.Module, optimizer: Optimizer, loss: Tensor, longest: float) -> float:
    loss.backward()
    length = nn.utils.clip_grad_norm_(model.parameters(), longest)
    optimizer.step()
    return length.item()


def clipped_length_after(model: nn.Module, optimizer: Optimizer, loss: Tensor, longest: float) -> float:
    clipped_step(model, optimizer, loss, longest)
    return torch.cat([p.grad.flatten() for p in model.parameters()]).norm().item()


# --- step_in_parts


def step_in_parts(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, sizes: list[int]) -> float:
    optimizer.zero_grad()
    total = 0.0
    for part, labels in zip(x.split(sizes), y.split(sizes), strict=True):
        loss = nn.BCEWithLogitsLoss()(model(part).squeeze(1), labels) * len(part) / len(x)
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


def step_in_parts_by_sums(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, sizes: list[int]) -> float:
    total, start = 0.0, 0
    for size in sizes:
        logits = model(x[start : start + size]).squeeze(1)
        loss = functional.binary_cross_entropy_with_logits(logits, y[start : start + size], reduction="sum")
        (loss / len(x)).backward()
        total, start = total + loss.item(), start + size
    optimizer.step()
    optimizer.zero_grad()
    return total / len(x)


def parts_adding_means(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, sizes: list[int]) -> float:
    optimizer.zero_grad()
    total = 0.0
    for part, labels in zip(x.split(sizes), y.split(sizes), strict=True):
        loss = nn.BCEWithLogitsLoss()(model(part).squeeze(1), labels)
        loss.backward()
        total += loss.item() * len(part) / len(x)
    optimizer.step()
    return total


def parts_mean_of_means(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, sizes: list[int]) -> float:
    optimizer.zero_grad()
    total = 0.0
    for part, labels in zip(x.split(sizes), y.split(sizes), strict=True):
        loss = nn.BCEWithLogitsLoss()(model(part).squeeze(1), labels) / len(sizes)
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


def parts_many_steps(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, sizes: list[int]) -> float:
    total = 0.0
    for part, labels in zip(x.split(sizes), y.split(sizes), strict=True):
        total += train_step(model, optimizer, part, labels) * len(part) / len(x)
    return total


def parts_cleared(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, sizes: list[int]) -> float:
    total = 0.0
    for part, labels in zip(x.split(sizes), y.split(sizes), strict=True):
        optimizer.zero_grad()
        loss = nn.BCEWithLogitsLoss()(model(part).squeeze(1), labels) * len(part) / len(x)
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


def parts_never_cleared(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, sizes: list[int]) -> float:
    total = 0.0
    for part, labels in zip(x.split(sizes), y.split(sizes), strict=True):
        loss = nn.BCEWithLogitsLoss()(model(part).squeeze(1), labels) * len(part) / len(x)
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total


def parts_at_once(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, sizes: list[int]) -> float:
    return train_step(model, optimizer, x, y)


# --- train


def train(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    loss_module = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)
    for _ in range(60):
        loss = loss_module(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def train_class_in_batches(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    class Classifier(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.hidden = nn.Linear(2, 8)
            self.output = nn.Linear(8, 1)

        def forward(self, points: Tensor) -> Tensor:
            return self.output(torch.tanh(self.hidden(points))).squeeze(1)

    torch.manual_seed(seed)
    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(20):
        for rows in torch.randperm(len(x)).split(50):
            loss = functional.binary_cross_entropy_with_logits(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    return model


def _net(seed: int, *more: nn.Module) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), *more)


def _rounds(model: nn.Module, optimizer: Optimizer, x: Tensor, y: Tensor, rounds: int = 3) -> None:
    for _ in range(rounds):
        train_step(model, optimizer, x, y)


def train_giving_loss(x: Tensor, y: Tensor, seed: int) -> Any:
    model = _net(seed)
    return train_step(model, SGD(model.parameters(), lr=0.5), x, y)


def train_with_sigmoid_at_the_end(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed, nn.Sigmoid())
    _rounds(model, SGD(model.parameters(), lr=0.5), x, y)
    return model


def train_without_bend(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 1))
    _rounds(model, SGD(model.parameters(), lr=0.5), x, y)
    return model


def train_without_backward(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
        optimizer.zero_grad()
        optimizer.step()
    return model


def train_without_step(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
    return model


def train_with_one_step(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
    optimizer.step()
    return model


def train_another_model(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    optimizer = SGD(_net(seed).parameters(), lr=0.5)
    model = _net(seed)
    _rounds(model, optimizer, x, y)
    return model


def train_with_layer_replaced(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    model[2] = nn.Linear(8, 1)
    _rounds(model, optimizer, x, y)
    return model


def train_last_layer(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    _rounds(model, SGD(model[2].parameters(), lr=0.5), x, y)
    return model


def train_model_anew(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    for _ in range(3):
        model = _net(seed)
        train_step(model, SGD(model.parameters(), lr=0.5), x, y)
    return model


def train_of_sigmoid(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        train_step_of_sigmoid(model, optimizer, x, y)
    return model


def train_uphill(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        optimizer.zero_grad()
        (-nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)).backward()
        optimizer.step()
    return model


def train_squared_error(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        nn.MSELoss()(model(x).squeeze(1), y).backward()
        optimizer.step()
    return model


def train_step_first(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        train_step_stepping_first(model, optimizer, x, y)
    return model


def train_clearing_between(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        train_step_clearing_between(model, optimizer, x, y)
    return model


def train_not_clearing(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        train_step_not_clearing(model, optimizer, x, y)
    return model


def train_hidden_layer(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    class Hiding(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = [nn.Linear(2, 8), nn.Tanh()]
            self.output = nn.Linear(8, 1)

        def forward(self, points: Tensor) -> Tensor:
            for layer in self.layers:
                points = layer(points)
            return self.output(points)

    torch.manual_seed(seed)
    model = Hiding()
    _rounds(model, SGD(model.parameters(), lr=0.5), x, y)
    return model


def train_without_seed(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    _rounds(model, SGD(model.parameters(), lr=1.0, momentum=0.9), x, y, 50)
    return model


def train_seed_fixed(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(0)
    _rounds(model, SGD(model.parameters(), lr=1.0, momentum=0.9), x, y, 50)
    return model


def train_too_little(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    model = _net(seed)
    _rounds(model, SGD(model.parameters(), lr=0.01), x, y)
    return model


SOLUTIONS: dict[str, Solutions] = {
    "optim.predict_first_step": Solutions(
        references=({"first": 3.0, "second": 1.5, "third": 0.0}, {"first": 3, "second": 1.5, "third": 0}),
        wrong=(
            Wrong(
                "step_goes_backward",
                {"first": 1.5},
                "Your guess lets the first `step()` move `w`. But no `backward()` has run: `.grad` is None, and a step "
                "computes no gradient of its own.",
                mistake=STEP_FIRST,
            ),
            Wrong(
                "step_uses_up",
                {"first": 3, "second": 1.5, "third": 1.5},
                "Your guess says that a step uses the gradient up. It only reads it. The 6 is still there, and moves "
                "`w` once more.",
                mistake=NOT_CLEARED,
            ),
            Wrong(
                "slope_is_fresh",
                {"first": 3, "second": 1.5, "third": 0.75},
                "Your third step has the slope at 1.5, which is 3. Nobody has computed that: in `.grad` there is still "
                "the 6, from the `backward()` at 3.",
                mistake=STEP_FIRST,
            ),
            Wrong(
                "without_rate",
                {"first": 3, "second": -3},
                "Your second number is 3 − 6: the gradient without the learning rate.",
            ),
        ),
    ),
    "optim.train_step": Solutions(
        references=(train_step, train_step_clearing_last),
        wrong=(
            Wrong(
                "not_cleared",
                train_step_not_clearing,
                "Your first step is right. The later ones also use the gradients of the steps before: they were still "
                "in `.grad`, and `backward()` adds. Who clears them?",
                mistake=NOT_CLEARED,
            ),
            Wrong(
                "cleared_between",
                train_step_clearing_between,
                "Your parameters never move. The gradients are computed, and cleared before `step()` can use them. "
                "`zero_grad()` belongs before `backward()`, or after `step()`.",
                mistake=CLEARED_EARLY,
            ),
            Wrong(
                "step_first",
                train_step_stepping_first,
                "Your parameters never move. `step()` comes before `backward()`, so it finds nothing; and what "
                "`backward()` then brings is cleared in the next call, before its `step()`.",
                mistake=STEP_FIRST,
            ),
            Wrong(
                "one_late",
                train_step_one_late,
                "Your answer is one step late: the first call moves nothing, and each later one uses the gradients of "
                "the call before. `step()` comes after `backward()`.",
                mistake=STEP_FIRST,
            ),
            Wrong(
                "sigmoid_twice",
                train_step_of_sigmoid,
                "Your loss got probabilities. `BCEWithLogitsLoss` wants the logits, and does the sigmoid itself.",
                mistake=TWICE,
            ),
            Wrong(
                "tensor",
                train_step_giving_tensor,
                "Your steps are right, but you return the loss as a tensor. Asked for is a Python float.",
            ),
            Wrong(
                "loss_after",
                train_step_loss_after,
                "Your steps are right, but your loss is the one *after* the step. Return the one from which you went "
                "backward.",
            ),
            Wrong(
                "summed",
                train_step_summed,
                "Your loss, and so your step, grows with the number of rows: it is a sum. Take the mean, which is the "
                "default.",
            ),
        ),
    ),
    "optim.my_sgd": Solutions(
        references=(MySGD, MySGDWithDict),
        wrong=(
            Wrong(
                "walked_through_once",
                MySGDOfIterator,
                "Your optimizer works until the iterator is used up: the first walk through the parameters is the "
                "last. After that, `step()` and `zero_grad()` find nobody. Keep a list.",
            ),
            Wrong(
                "no_momentum",
                MySGDWithoutMomentum,
                "Your steps are those of momentum 0. Each parameter needs a velocity that is kept from step to step.",
            ),
            Wrong(
                "averaged",
                MySGDAveraged,
                "Your velocity takes only 1 − momentum of the gradient, as an average would. PyTorch's SGD adds the "
                "whole gradient.",
            ),
            Wrong(
                "zeros",
                MySGDToZeros,
                "Your `zero_grad()` leaves zeros. Zero is a gradient: with momentum, a parameter that nothing reaches "
                "would coast on. Leave None.",
                mistake=ZEROS,
            ),
            Wrong(
                "assigned",
                MySGDAssigned,
                "Your parameters never move. `p = p - …` makes a new tensor and calls it `p`. Change the parameter "
                "itself, in place.",
                mistake=ASSIGNED,
            ),
            Wrong(
                "coasting",
                MySGDCoasting,
                "Where `.grad` is None, your parameter coasts on with its old velocity. Leave both alone.",
                mistake=ZEROS,
            ),
            Wrong(
                "uphill",
                MySGDUphill,
                "Your optimizer goes uphill: it adds the velocity. Subtract it.",
            ),
        ),
    ),
    "optim.predict_zeros": Solutions(
        references=({"after_zeros": 2.5, "after_none": 2.5}, {"after_zeros": 5 / 2, "after_none": 2.50}),
        wrong=(
            Wrong(
                "zeros_stop",
                {"after_zeros": 3, "after_none": 3},
                "Your guess says that a gradient of zero moves nothing. With momentum it does: the velocity 2 becomes "
                "1, and `w` moves by 0.5 · 1. Only None stops it.",
                mistake=ZEROS,
            ),
            Wrong(
                "none_is_zero",
                {"after_zeros": 2.5, "after_none": 2.25},
                "Your first number is right. But you take None for a zero. Where `.grad` is None, SGD skips the "
                "parameter, velocity and all.",
                mistake=ZEROS,
            ),
            Wrong(
                "nothing_cleared",
                {"after_zeros": 1.5},
                "Your first number still has the gradient 2 in it. `zero_grad(set_to_none=False)` made a zero of it.",
            ),
        ),
    ),
    "optim.predict_adam": Solutions(
        references=({"steep": 0.1, "flat": 0.1}, {"steep": 1 / 10, "flat": 1e-1}),
        wrong=(
            Wrong(
                "as_sgd",
                {"steep": 100, "flat": 0.0001},
                "Your guess is the step of SGD: lr times the slope. Adam divides each slope by its own usual size "
                "first.",
            ),
            Wrong(
                "slopes",
                {"steep": 1000, "flat": 0.001},
                "Your guess is the slopes themselves. Adam divides each of them by its own usual size, and multiplies "
                "by `lr`.",
            ),
            Wrong(
                "one_size_for_all",
                {"steep": 0.1, "flat": 0},
                "Your guess divides both slopes by the size of the larger one. Adam keeps a usual size for each number "
                "by itself, so the flat direction is as fast as the steep one.",
            ),
        ),
    ),
    "optim.predict_replaced": Solutions(
        references=(
            {"first_moved": True, "head_moved": False, "gradient_in_head": True},
            {"gradient_in_head": True, "head_moved": False, "first_moved": True},
        ),
        wrong=(
            Wrong(
                "follows_the_model",
                {"first_moved": True, "head_moved": True, "gradient_in_head": True},
                "Your guess lets the optimizer follow the model. It was given tensors, once: the old ones. It knows "
                "nothing of the model, and no error says so.",
                mistake=OTHERS,
            ),
            Wrong(
                "no_gradient",
                {"first_moved": True, "head_moved": False, "gradient_in_head": False},
                "You are right that the new head stays. But `backward()` does not ask the optimizer: it follows the "
                "graph, and the new head is in it.",
                mistake=OTHERS,
            ),
            Wrong(
                "nothing_works",
                {"first_moved": False, "head_moved": False},
                "Your guess says that nothing moves. The first layer is still the one that the optimizer holds, so it "
                "is trained. That half of a model learns makes this mistake hard to see.",
                mistake=OTHERS,
            ),
        ),
    ),
    "optim.fine_tune": Solutions(
        references=(fine_tune, fine_tune_adding_group),
        wrong=(
            Wrong(
                "too_early",
                fine_tune_too_early,
                "Your optimizer holds the parameters of the *old* head: it was made before the head was replaced. The "
                "new one would never be trained.",
                mistake=OTHERS,
            ),
            Wrong(
                "head_only",
                fine_tune_head_only,
                "Your optimizer holds the head alone. The body is to be trained as well, at its own rate.",
            ),
            Wrong(
                "one_rate",
                fine_tune_one_rate,
                "Your optimizer has one rate for all. Give it two groups, each with its own `lr`.",
            ),
            Wrong(
                "swapped",
                fine_tune_swapped,
                "Your two rates are swapped: `head_lr` belongs to the new head.",
            ),
            Wrong(
                "old_head",
                fine_tune_old_head,
                "The old head is still there. To change its `out_features` changes a number that nobody reads again; "
                "its weight has the shape that it had. Make a new `nn.Linear`.",
            ),
            Wrong(
                "not_in_the_model",
                fine_tune_local_head,
                "You made a new head, and the optimizer holds it, but the model still has the old one. Assign it to "
                "`model.head`.",
                mistake=OTHERS,
            ),
        ),
    ),
    "optim.predict_rates": Solutions(
        references=({"rates": [0.8, 0.8, 0.4, 0.4, 0.2]}, {"rates": (0.8, 0.8, 0.4, 0.4, 0.2)}),
        wrong=(
            Wrong(
                "every_epoch",
                {"rates": [0.8, 0.4, 0.2, 0.1, 0.05]},
                "Your rate is halved in every epoch. `step_size=2` says: after every second one.",
            ),
            Wrong(
                "one_early",
                {"rates": [0.8, 0.4, 0.4, 0.2, 0.2]},
                "Your first rate is used only once. It is halved at the *end* of the second epoch.",
            ),
            Wrong(
                "once",
                {"rates": [0.8, 0.8, 0.4, 0.4, 0.4]},
                "Your rate is halved once. It happens again, two epochs later.",
            ),
            Wrong(
                "from_the_start",
                {"rates": [0.8, 0.8, 0.4, 0.4, 0.4 / 3]},
                "Your last rate is 0.8 divided by 6. Each time the *current* rate is multiplied by `gamma`.",
            ),
        ),
    ),
    "optim.clipped_step": Solutions(
        references=(clipped_step, clipped_step_by_hand),
        wrong=(
            Wrong(
                "too_early",
                clipped_too_early,
                "Your answer clips before `backward()`. There is nothing to clip yet, so the length is 0 and the step "
                "has full length.",
                mistake=STEP_FIRST,
            ),
            Wrong(
                "too_late",
                clipped_too_late,
                "Your lengths are right, but the steps are not clipped: `step()` has already used the gradients when "
                "you shorten them.",
            ),
            Wrong(
                "each_alone",
                clipped_each_alone,
                "Your answer clips each parameter by itself. All of them together are one long vector; one factor for "
                "all keeps its direction.",
            ),
            Wrong(
                "by_value",
                clipped_by_value,
                "Your answer cuts off each *number*. That turns the step into another direction. The length of the "
                "whole vector is what counts.",
            ),
            Wrong(
                "always",
                clipped_always,
                "Your answer also makes short gradients longer. Below the limit they stay as they are.",
            ),
            Wrong(
                "not_cleared",
                clipped_not_clearing,
                "Your first step is right. Later, the (clipped) gradients of the steps before are still there, and "
                "`backward()` adds.",
                mistake=NOT_CLEARED,
            ),
            Wrong(
                "length_after",
                clipped_length_after,
                "Your steps are right. You return the length after the clipping; asked for is the one before.",
            ),
        ),
    ),
    "optim.step_in_parts": Solutions(
        references=(step_in_parts, step_in_parts_by_sums),
        wrong=(
            Wrong(
                "means_added",
                parts_adding_means,
                "Your gradient is too large: the *mean* losses of the parts are added up. Together the parts must "
                "count as one batch.",
            ),
            Wrong(
                "mean_of_means",
                parts_mean_of_means,
                "Your step is right where all parts have the same size. Else the mean of the means is not the mean: a "
                "row in a small part counts more. Weigh each part by its number of rows.",
            ),
            Wrong(
                "many_steps",
                parts_many_steps,
                "Your answer takes a step after every part. The later parts are then seen by a model that has already "
                "moved. One `step()`, after all of them.",
            ),
            Wrong(
                "only_the_last",
                parts_cleared,
                "Your step knows only the last part: the gradients are cleared inside the loop over the parts. Here "
                "they shall add up.",
            ),
            Wrong(
                "never_cleared",
                parts_never_cleared,
                "Your first step is right. In the second one, the gradients of the first batch are still there. Parts "
                "add up, batches do not: clear once in each call.",
                mistake=NOT_CLEARED,
            ),
            Wrong(
                "at_once",
                parts_at_once,
                "Your numbers are right, but the model has seen the whole batch at once, which does not fit. Call it "
                "on one part at a time.",
            ),
        ),
    ),
    "optim.train": Solutions(
        references=(train, train_class_in_batches),
        wrong=(
            Wrong(
                "gives_the_loss",
                train_giving_loss,
                "What you return is not a model: a loss, or a pair? Return the model alone: it is what has learned.",
            ),
            Wrong(
                "sigmoid_at_the_end",
                train_with_sigmoid_at_the_end,
                "Your model ends in a sigmoid: all it gives lies between 0 and 1. It should give logits; the loss does "
                "the sigmoid.",
                mistake=TWICE,
            ),
            Wrong(
                "no_bend",
                train_without_bend,
                "Your model is a straight line: two linear layers with nothing between them do no more than one. XOR "
                "needs a bend.",
            ),
            Wrong(
                "never_backward",
                train_without_backward,
                "No `backward()` has run, so no gradient has ever arrived. (Brackets forgotten? `loss.backward` alone "
                "calls nothing.)",
            ),
            Wrong(
                "never_steps",
                train_without_step,
                "The gradients are computed, but no optimizer of `torch.optim` ever took a step. (Brackets forgotten? "
                "`optimizer.step` alone calls nothing.)",
            ),
            Wrong(
                "one_step",
                train_with_one_step,
                "There was one single step in all. Is `optimizer.step()` inside the loop? Look at the indentation.",
            ),
            Wrong(
                "other_model",
                train_another_model,
                "The optimizer holds none of the parameters of the model that you return. It was given those of "
                "another model, and moves them, or tries to.",
                mistake=OTHERS,
            ),
            Wrong(
                "layer_replaced",
                train_with_layer_replaced,
                "The optimizer holds parameters that are no longer in the model, and misses some that are. Was a layer "
                "replaced after the optimizer was made?",
                mistake=OTHERS,
            ),
            Wrong(
                "last_layer_only",
                train_last_layer,
                "The optimizer holds only some of the model's parameters; the others stay as they were drawn. Give it "
                "`model.parameters()`.",
                mistake=OTHERS,
            ),
            Wrong(
                "model_anew",
                train_model_anew,
                "More than one model was trained, and you return one of them: is the model made inside the loop? Then "
                "each round starts from nothing. Make model and optimizer once, before the loop.",
            ),
            Wrong(
                "sigmoid_in_the_loss",
                train_of_sigmoid,
                "Your loss was given a sigmoid of the logits, and does another one itself. It may still learn, but "
                "slowly, and its loss has a floor. Give it the logits.",
                mistake=TWICE,
            ),
            Wrong(
                "uphill",
                train_uphill,
                "Your loop climbs: it makes the loss larger. Go backward from the loss itself, not from minus the "
                "loss.",
            ),
            Wrong(
                "another_loss",
                train_squared_error,
                "The gradient that arrives at the logits is not that of `BCEWithLogitsLoss`. Is it another loss, or "
                "are the labels not those of these points?",
            ),
            Wrong(
                "step_first",
                train_step_first,
                "Your first `step()` comes before any `backward()`: it finds no gradient. The order is `backward()`, "
                "then `step()`.",
                mistake=STEP_FIRST,
            ),
            Wrong(
                "cleared_between",
                train_clearing_between,
                "When `step()` comes, the gradients are gone: `zero_grad()` stands between `backward()` and `step()`.",
                mistake=CLEARED_EARLY,
            ),
            Wrong(
                "not_cleared",
                train_not_clearing,
                "Your steps also use the gradients of earlier steps, because `backward()` adds to what is in `.grad`. "
                "Call `zero_grad()` once for each step.",
                mistake=NOT_CLEARED,
            ),
            Wrong(
                "hidden_layer",
                train_hidden_layer,
                "Gradients arrive in a layer that the model does not list, so the optimizer never got it. Is it in a "
                "plain list? Use `nn.ModuleList`, or assign it to `self`.",
                mistake=HIDDEN,
            ),
            Wrong(
                "no_seed",
                train_without_seed,
                "Called twice with the same `seed`, your answer gives two models. `torch.manual_seed(seed)` comes "
                "right before the model is made.",
            ),
            Wrong(
                "seed_fixed",
                train_seed_fixed,
                "Whatever the `seed`, your answer gives the same model. Use the one that you are given.",
            ),
            Wrong(
                "too_little",
                train_too_little,
                "Your loop is in order, but the model has learned too little: fewer than 0.99 of the new points are "
                "right. Take more steps, another `lr` (larger, or smaller if the loss jumps), or momentum.",
            ),
        ),
    ),
}
