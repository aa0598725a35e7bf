"""References and named wrong solutions of the exercises on autograd, in the lesson's order.

In go the functions below, each a few lines of PyTorch; out comes ``SOLUTIONS``. The first reference of each computes
what is expected. Answers that PyTorch refuses are not named here: their messages tell them apart, and the mistakes
recognise those. One file although long: every entry stands alone, and the order is that of ``exercises.py``.
"""

# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for backward().

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from pytorch_basics.practice.exercise import Solutions, Wrong

REPLACED = "autograd.grad_is_replaced"
NO_LEAF = "autograd.every_tensor_gets_grad"
TWICE = "autograd.backward_twice"
VECTOR = "autograd.backward_on_a_vector"
CUT = "autograd.chain_is_cut"

Function = Callable[[Tensor], Tensor]

# --- finite_differences


def finite_differences(f: Function, x: Tensor, step: float) -> Tensor:
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    for i in range(x.numel()):
        up, down = x.flatten().clone(), x.flatten().clone()
        up[i] += step
        down[i] -= step
        slopes[i] = (f(up.view(x.shape)) - f(down.view(x.shape))) / (2 * step)
    return slopes.view(x.shape)


def finite_differences_with_a_table(f: Function, x: Tensor, step: float) -> Tensor:
    moves = step * torch.eye(x.numel(), dtype=x.dtype).view(-1, *x.shape)
    slopes = [(f(x + move) - f(x - move)) / (2 * step) for move in moves]
    return torch.stack(slopes).view(x.shape)


def finite_differences_all_at_once(f: Function, x: Tensor, step: float) -> Tensor:
    slope = (f(x + step) - f(x - step)) / (2 * step)
    return slope * torch.ones_like(x)


def finite_differences_forward(f: Function, x: Tensor, step: float) -> Tensor:
    moves = step * torch.eye(x.numel(), dtype=x.dtype).view(-1, *x.shape)
    slopes = [(f(x + move) - f(x)) / step for move in moves]
    return torch.stack(slopes).view(x.shape)


def finite_differences_by_one_step(f: Function, x: Tensor, step: float) -> Tensor:
    return 2 * finite_differences(f, x, step)


def finite_differences_without_going_back(f: Function, x: Tensor, step: float) -> Tensor:
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    up, down = x.flatten().clone(), x.flatten().clone()
    for i in range(x.numel()):
        up[i] += step
        down[i] -= step
        slopes[i] = (f(up.view(x.shape)) - f(down.view(x.shape))) / (2 * step)
    return slopes.view(x.shape)


def finite_differences_without_copies(f: Function, x: Tensor, step: float) -> Tensor:
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    up = down = x.flatten().clone()
    for i in range(x.numel()):
        up[i] += step
        down[i] -= step
        slopes[i] = (f(up.view(x.shape)) - f(down.view(x.shape))) / (2 * step)
    return slopes.view(x.shape)


# --- on_the_way


def on_the_way(points: Tensor, w: Tensor) -> tuple[Tensor | None, Tensor | None]:
    hidden = torch.tanh(points @ w)
    hidden.retain_grad()
    (hidden**2).mean().backward()
    return hidden.grad, w.grad


def on_the_way_by_grad(points: Tensor, w: Tensor) -> tuple[Tensor, ...]:
    hidden = torch.tanh(points @ w)
    loss = hidden.square().mean()
    return tuple(torch.autograd.grad(loss, (hidden, w)))


def on_the_way_not_kept(points: Tensor, w: Tensor) -> tuple[Tensor | None, Tensor | None]:
    hidden = torch.tanh(points @ w)
    (hidden**2).mean().backward()
    return hidden.grad, w.grad


def on_the_way_cut(points: Tensor, w: Tensor) -> tuple[Tensor | None, Tensor | None]:
    hidden = torch.tanh(points @ w).detach().requires_grad_()
    (hidden**2).mean().backward()
    return hidden.grad, w.grad


def on_the_way_before_tanh(points: Tensor, w: Tensor) -> tuple[Tensor | None, Tensor | None]:
    product = points @ w
    product.retain_grad()
    torch.tanh(product).square().mean().backward()
    return product.grad, w.grad


def on_the_way_of_the_sum(points: Tensor, w: Tensor) -> tuple[Tensor | None, Tensor | None]:
    hidden = torch.tanh(points @ w)
    hidden.retain_grad()
    (hidden**2).sum().backward()
    return hidden.grad, w.grad


def on_the_way_swapped(points: Tensor, w: Tensor) -> tuple[Tensor | None, Tensor | None]:
    return on_the_way(points, w)[::-1]


# --- running_gradients


def running_gradients(w: Tensor, powers: list[int]) -> list[Tensor]:
    snapshots = []
    for p in powers:
        (w**p).sum().backward()
        assert w.grad is not None
        snapshots.append(w.grad.clone())
    return snapshots


def running_gradients_as_sums(w: Tensor, powers: list[int]) -> list[Any]:
    w.grad = torch.zeros_like(w)
    snapshots = [w.grad]
    for p in powers:
        torch.pow(w, p).sum().backward()
        snapshots.append(torch.empty_like(w.grad).copy_(w.grad))
    return snapshots[1:]


def running_gradients_aliased(w: Tensor, powers: list[int]) -> list[Any]:
    snapshots = []
    for p in powers:
        (w**p).sum().backward()
        snapshots.append(w.grad)
    return snapshots


def running_gradients_emptied(w: Tensor, powers: list[int]) -> list[Any]:
    snapshots: list[Any] = []
    for p in powers:
        w.grad = None
        (w**p).sum().backward()
        snapshots.append(w.grad)
    return snapshots


def running_gradients_zeroed(w: Tensor, powers: list[int]) -> list[Any]:
    snapshots: list[Any] = []
    for p in powers:
        (w**p).sum().backward()
        snapshots.append(w.grad)
        if w.grad is not None:
            w.grad.zero_()
    return snapshots


def running_gradients_of_values(w: Tensor, powers: list[int]) -> list[Any]:
    snapshots = []
    for p in powers:
        (w**p).sum().backward()
        snapshots.append(w.detach().clone())
    return snapshots


# --- gradient_of


def gradient_of(f: Function, x: Tensor) -> Tensor | None:
    own = x.detach().clone().requires_grad_()
    f(own).backward()
    return own.grad


def gradient_of_by_grad(f: Function, x: Tensor) -> Tensor:
    own = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(own), own)
    return gradient


def gradient_of_watching_x(f: Function, x: Tensor) -> Tensor | None:
    x.requires_grad_()
    f(x).backward()
    return x.grad


def gradient_of_emptying_x(f: Function, x: Tensor) -> Tensor | None:
    x.requires_grad_()
    x.grad = None
    f(x).backward()
    return x.grad


def gradient_of_a_clone(f: Function, x: Tensor) -> Tensor | None:
    own = x.clone().requires_grad_()
    f(own).backward()
    return own.grad


def gradient_of_without_backward(f: Function, x: Tensor) -> Tensor | None:
    own = x.detach().clone().requires_grad_()
    f(own)
    return own.grad


def gradient_of_value(f: Function, x: Tensor) -> Tensor:
    return f(x.detach())


# --- curve_slopes


def curve_slopes(f: Function, points: Tensor) -> Tensor | None:
    own = points.clone().requires_grad_()
    f(own).sum().backward()
    return own.grad


def curve_slopes_with_weights(f: Function, points: Tensor) -> Tensor | None:
    own = points.detach().clone().requires_grad_()
    values = f(own)
    values.backward(torch.ones_like(values))
    return own.grad


def curve_slopes_of_the_mean(f: Function, points: Tensor) -> Tensor | None:
    own = points.clone().requires_grad_()
    f(own).mean().backward()
    return own.grad


def curve_slopes_of_the_first(f: Function, points: Tensor) -> Tensor | None:
    own = points.clone().requires_grad_()
    f(own).flatten()[0].backward()
    return own.grad


def curve_slopes_weighted_by_points(f: Function, points: Tensor) -> Tensor | None:
    own = points.clone().requires_grad_()
    f(own).backward(points)
    return own.grad


def curve_slopes_weighted_by_values(f: Function, points: Tensor) -> Tensor | None:
    own = points.clone().requires_grad_()
    values = f(own)
    values.backward(values.detach())
    return own.grad


# --- point_gradients


def point_gradients(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    rows = []
    for point, target in zip(points, targets, strict=True):
        loss = (point @ w - target) ** 2
        (gradient,) = torch.autograd.grad(loss, w)
        rows.append(gradient)
    return torch.stack(rows)


def point_gradients_by_backward(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    own = w.detach().clone().requires_grad_()
    rows = torch.zeros_like(points)
    for i in range(len(points)):
        own.grad = None
        ((points[i] * own).sum() - targets[i]).square().backward()
        assert own.grad is not None
        rows[i] = own.grad
    return rows


def point_gradients_by_hand(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    with torch.no_grad():
        return 2 * (points @ w - targets).unsqueeze(1) * points


def point_gradients_adding_up(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    own = w.detach().clone().requires_grad_()
    rows = torch.zeros_like(points)
    for i in range(len(points)):
        ((points[i] @ own - targets[i]) ** 2).backward()
        assert own.grad is not None
        rows[i] = own.grad
    return rows


def point_gradients_aliased(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    own = w.detach().clone().requires_grad_()
    rows: list[Any] = []
    for point, target in zip(points, targets, strict=True):
        ((point @ own - target) ** 2).backward()
        rows.append(own.grad)
    return torch.stack(rows)


def point_gradients_aliased_and_zeroed(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    own = w.detach().clone().requires_grad_()
    own.grad = torch.zeros_like(own)
    rows: list[Any] = []
    for point, target in zip(points, targets, strict=True):
        own.grad.zero_()
        ((point @ own - target) ** 2).backward()
        rows.append(own.grad)
    return torch.stack(rows)


def point_gradients_of_the_mean(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    mean = point_gradients(w, points, targets).mean(dim=0)
    return torch.stack([mean for _ in points])


def point_gradients_in_w(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    rows: list[Tensor] = []
    for point, target in zip(points, targets, strict=True):
        w.grad = None
        ((point @ w - target) ** 2).backward()
        assert w.grad is not None
        rows.append(w.grad)
    return torch.stack(rows)


def point_gradients_adding_up_in_w(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    rows = []
    for point, target in zip(points, targets, strict=True):
        ((point @ w - target) ** 2).backward()
        assert w.grad is not None
        rows.append(w.grad.clone())
    return torch.stack(rows)


# --- growth_gradient


def growth_gradient(x: Tensor) -> Tensor | None:
    x = x.clone().requires_grad_()
    grown = torch.exp(x)
    grown = grown + 1
    loss = (grown**2).sum()
    loss.backward()
    return x.grad


def growth_gradient_of_a_copy(x: Tensor) -> Tensor | None:
    x = x.clone().requires_grad_()
    grown = torch.exp(x).clone()  # exp keeps its own result; the copy may change
    grown += 1
    loss = (grown**2).sum()
    loss.backward()
    return x.grad


def growth_gradient_by_data(x: Tensor) -> Tensor | None:
    x = x.clone().requires_grad_()
    grown = torch.exp(x)
    grown.data += 1
    loss = (grown**2).sum()
    loss.backward()
    return x.grad


def growth_gradient_lost(x: Tensor) -> Tensor | None:
    x = x.clone().requires_grad_()
    grown = torch.exp(x)
    loss = (grown**2).sum()  # `grown + 1` alone on a line changes nothing
    loss.backward()
    return x.grad


def growth_gradient_one_earlier(x: Tensor) -> Tensor | None:
    x = x.clone().requires_grad_()
    grown = torch.exp(x + 1)
    loss = (grown**2).sum()
    loss.backward()
    return x.grad


# --- report_loss


def _mean_loss(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    return ((points @ w - targets) ** 2).mean()


def report_loss(w: Tensor, points: Tensor, targets: Tensor) -> float:
    w.grad = None
    loss = ((points @ w - targets) ** 2).mean()
    loss.backward()
    return loss.item()


def report_loss_by_grad(w: Tensor, points: Tensor, targets: Tensor) -> float:
    loss = torch.nn.functional.mse_loss(points @ w, targets)
    (w.grad,) = torch.autograd.grad(loss, w)
    return float(loss)


def report_loss_not_emptied(w: Tensor, points: Tensor, targets: Tensor) -> float:
    loss = _mean_loss(w, points, targets)
    loss.backward()
    return loss.item()


def report_loss_emptied_after(w: Tensor, points: Tensor, targets: Tensor) -> float:
    loss = _mean_loss(w, points, targets)
    loss.backward()
    w.grad = None
    return loss.item()


def report_loss_as_tensor(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    w.grad = None
    loss = _mean_loss(w, points, targets)
    loss.backward()
    return loss


def report_loss_detached_tensor(w: Tensor, points: Tensor, targets: Tensor) -> Tensor:
    return report_loss_as_tensor(w, points, targets).detach()


def report_loss_of_the_sum(w: Tensor, points: Tensor, targets: Tensor) -> float:
    w.grad = None
    loss = ((points @ w - targets) ** 2).sum()
    loss.backward()
    return loss.item()


def report_loss_on_a_copy(w: Tensor, points: Tensor, targets: Tensor) -> float:
    own = w.detach().clone().requires_grad_()
    loss = _mean_loss(own, points, targets)
    loss.backward()
    return loss.item()


# --- climb


def climb(x: Tensor, limit: float) -> tuple[float, float]:
    start = x.detach().clone().requires_grad_()
    value = start
    while value < limit:
        value = value * 3 if value <= 2 else value**2
    value.backward()
    assert start.grad is not None
    return value.item(), start.grad.item()


def climb_by_recursion(x: Tensor, limit: float) -> tuple[float, float]:
    def last(value: Tensor) -> Tensor:
        if value >= limit:
            return value
        return last(3 * value if value <= 2 else value * value)

    start = x.clone().requires_grad_()
    value = last(start)
    (slope,) = torch.autograd.grad(value, start)
    return value.item(), slope.item()


def climb_once(x: Tensor, limit: float) -> tuple[float, float]:
    start = x.clone().requires_grad_()
    value = start
    if value < limit:
        value = value * 3 if value <= 2 else value**2
    (slope,) = torch.autograd.grad(value, start)
    return value.item(), slope.item()


def climb_past_the_limit(x: Tensor, limit: float) -> tuple[float, float]:
    start = x.clone().requires_grad_()
    value = start
    while value <= limit:
        value = value * 3 if value <= 2 else value**2
    (slope,) = torch.autograd.grad(value, start)
    return value.item(), slope.item()


def climb_decided_once(x: Tensor, limit: float) -> tuple[float, float]:
    start = x.clone().requires_grad_()
    value = start
    while value < limit:
        value = value * 3 if x <= 2 else value**2
    (slope,) = torch.autograd.grad(value, start)
    return value.item(), slope.item()


def climb_last_step(x: Tensor, limit: float) -> tuple[float, float]:
    before = value = x.clone().requires_grad_()
    while value < limit:
        before = value.detach().requires_grad_()
        value = before * 3 if before <= 2 else before**2
    (slope,) = torch.autograd.grad(value, before)
    return value.item(), slope.item()


def climb_always_tripled(x: Tensor, limit: float) -> tuple[float, float]:
    start = x.clone().requires_grad_()
    value = start
    while value < limit:
        value = value * 3
    (slope,) = torch.autograd.grad(value, start)
    return value.item(), slope.item()


SOLUTIONS: dict[str, Solutions] = {
    "autograd.finite_differences": Solutions(
        references=(finite_differences, finite_differences_with_a_table),
        wrong=(
            Wrong(
                "moves_all_at_once",
                finite_differences_all_at_once,
                "Your answer moves all elements at the same time, so every slope is the sum of all of them. A gradient "
                "asks about one element after the other, while the rest stays where it is.",
            ),
            Wrong(
                "forward_only",
                finite_differences_forward,
                "Your answer compares f a step higher with f where it is. That is the forward difference: fair, but "
                "less exact. Asked for is the central one: one step to each side.",
            ),
            Wrong(
                "divides_by_one_step",
                finite_differences_by_one_step,
                "Your slopes are twice what they should be. From one step below to one step above is a distance of two "
                "steps.",
            ),
            Wrong(
                "never_goes_back",
                finite_differences_without_going_back,
                "Your first slope is right, the others are not: the elements that were moved in earlier rounds are "
                "still moved. Start each round from a fresh copy of `x`.",
            ),
            Wrong(
                "two_names_one_tensor",
                finite_differences_without_copies,
                "Your slopes are all 0. The tensor that goes up and the one that goes down are the same tensor: `=` "
                "makes no copy, and neither does `view`. Which method does?",
            ),
        ),
    ),
    "autograd.predict_leaf": Solutions(
        references=(
            {"product_watched": True, "product_leaf": False, "total_watched": False, "total_leaf": True},
            {"total_leaf": True, "total_watched": False, "product_leaf": False, "product_watched": True},
        ),
        wrong=(
            Wrong(
                "all_results_are_watched",
                {"total_watched": True},
                "Your guess has `total` watched. Watching is inherited, and `weights` is not watched: nothing was "
                "recorded for its sum.",
            ),
            Wrong(
                "watching_is_not_inherited",
                {"product_watched": False},
                "Your guess has `product` not watched. A result is watched as soon as one of its inputs is; nobody has "
                "to ask for it.",
                mistake=CUT,
            ),
            Wrong(
                "watched_is_leaf",
                {"product_leaf": True},
                "Your guess calls `product` a leaf. It was computed from the watched `x`, so the graph goes on behind "
                "it; a leaf is where the graph ends.",
                mistake=NO_LEAF,
            ),
            Wrong(
                "computed_is_no_leaf",
                {"total_leaf": False},
                "Your guess says that `total` is no leaf because it was computed. Only computing with something "
                "watched counts. PyTorch calls every tensor that is not watched a leaf.",
            ),
        ),
    ),
    "autograd.on_the_way": Solutions(
        references=(on_the_way, on_the_way_by_grad),
        wrong=(
            Wrong(
                "not_kept",
                on_the_way_not_kept,
                "Your gradient with respect to `hidden` is None. It came through `hidden` on its way to `w`, but is "
                "kept only in leaves, unless you ask a tensor to keep it before you go backward.",
                mistake=NO_LEAF,
            ),
            Wrong(
                "cut",
                on_the_way_cut,
                "Your gradient with respect to `w` is None. With `detach()` you made `hidden` a leaf, and so the end "
                "of the graph: nothing gets through to `w`. `hidden` can stay in the graph and still keep its "
                "gradient.",
                mistake=CUT,
            ),
            Wrong(
                "before_tanh",
                on_the_way_before_tanh,
                "Your first gradient is that of the product, before `tanh`. `hidden` is what comes out of `tanh`.",
            ),
            Wrong(
                "of_the_sum",
                on_the_way_of_the_sum,
                "Your gradients are too large by the number of points: the loss is the mean of the squares, not their "
                "sum.",
            ),
            Wrong(
                "swapped",
                on_the_way_swapped,
                "Your two gradients are in the wrong order: first the one for `hidden`, `(batch,)`, then the one for "
                "`w`, `(features,)`.",
            ),
        ),
    ),
    "autograd.predict_accumulation": Solutions(
        references=(
            {"first": [5.0, 16.0, 33.0], "grad": [5.0, 16.0, 33.0]},
            {"first": (5, 16, 33), "grad": (5, 16, 33)},
        ),
        wrong=(
            Wrong(
                "replaced",
                {"first": [2, 4, 6], "grad": [3, 12, 27]},
                "Your guess says that the second `backward()` replaces what is in `.grad`, by a new tensor. It adds to "
                "it, in place.",
                mistake=REPLACED,
            ),
            Wrong(
                "first_is_a_copy",
                {"first": [2, 4, 6], "grad": [5, 16, 33]},
                "You know that gradients add up. But `first = w.grad` is no copy. It is a second name for the very "
                "tensor that the second `backward()` adds to.",
                mistake=REPLACED,
            ),
            Wrong(
                "replaced_in_place",
                {"first": [3, 12, 27], "grad": [3, 12, 27]},
                "You know that `first` and `w.grad` are one tensor. But the second gradient is not written over the "
                "first; it is added to it.",
                mistake=REPLACED,
            ),
        ),
    ),
    "autograd.running_gradients": Solutions(
        references=(running_gradients, running_gradients_as_sums),
        wrong=(
            Wrong(
                "one_tensor",
                running_gradients_aliased,
                "Your snapshots are all one tensor, `w.grad` itself, and each later `backward()` changed it. A "
                "snapshot needs memory of its own.",
                mistake=REPLACED,
            ),
            Wrong(
                "emptied",
                running_gradients_emptied,
                "Your answer empties `.grad` in each round, so each entry is one gradient alone. Here they are meant "
                "to add up.",
            ),
            Wrong(
                "zeroed",
                running_gradients_zeroed,
                "Your snapshots are all 0. They are `w.grad` itself, and `zero_()` works in place: it cleared what you "
                "had just kept.",
                mistake=REPLACED,
            ),
            Wrong(
                "of_the_values",
                running_gradients_of_values,
                "Your answer copies `w`, the numbers that are watched. Asked for is what its `.grad` holds.",
            ),
        ),
    ),
    "autograd.gradient_of": Solutions(
        references=(gradient_of, gradient_of_by_grad),
        wrong=(
            Wrong(
                "watches_the_argument",
                gradient_of_watching_x,
                "Your answer works on the caller's own `x`. An `x` that was not watched is watched afterwards; and "
                "where `.grad` held something, your gradient was added to it. Work on a tensor of your own.",
                mistake=REPLACED,
            ),
            Wrong(
                "empties_the_argument",
                gradient_of_emptying_x,
                "Your gradient is right, but it was made in the caller's own `x`: what was in its `.grad` is lost, and "
                "it is watched now even where it was not. Work on a tensor of your own.",
            ),
            Wrong(
                "clone_is_computed",
                gradient_of_a_clone,
                "Your answer is None where `x` is watched. `x.clone()` is computed from `x`, so it is no leaf: the "
                "gradient runs through it, on into the caller's `x.grad`. What gives the numbers without the history?",
                mistake=NO_LEAF,
            ),
            Wrong(
                "before_backward",
                gradient_of_without_backward,
                "Your answer is None: `.grad` is empty until a `backward()` has run.",
            ),
            Wrong(
                "value_instead_of_slope",
                gradient_of_value,
                "Your answer is the value of `f` at `x`. Asked for is its gradient: one slope for each element of `x`.",
            ),
        ),
    ),
    "autograd.predict_twice": Solutions(
        references=({"raises": None, "grad": [2.0, 2.0, 2.0]}, {"raises": None, "grad": (2, 2, 2)}),
        wrong=(
            Wrong(
                "always_refused",
                {"raises": "RuntimeError"},
                "Your guess has the second `backward()` refused. It is refused where it needs numbers that the first "
                "one freed. Additions save none: their slope is 1 everywhere. Do not build on it: one square in the "
                "graph, and it fails.",
                mistake=TWICE,
            ),
            Wrong(
                "replaced",
                {"raises": None, "grad": [1, 1, 1]},
                "You are right that nothing is raised. But the second gradient does not replace the first in `.grad`.",
                mistake=REPLACED,
            ),
            Wrong(
                "value_instead_of_slope",
                {"raises": None, "grad": [4, 6, 8]},
                "Your guess adds up values, x + 1. In `.grad` are slopes: the slope of `x + 1` is 1.",
            ),
        ),
    ),
    "autograd.predict_weights": Solutions(
        references=({"grad": [2.0, 0.0, 60.0]}, {"grad": (2, 0, 60)}),
        wrong=(
            Wrong(
                "weights_ignored",
                {"grad": [2, 4, 6]},
                "Your guess has the plain slopes. Each is multiplied by its weight; the weight 0 silences the second.",
                mistake=VECTOR,
            ),
            Wrong(
                "weights_are_the_gradient",
                {"grad": [1, 0, 10]},
                "Your guess has the weights themselves. They are where `backward()` starts; on the way back to `x`, "
                "each is still multiplied by the slope of its square, 2x.",
            ),
            Wrong(
                "weights_times_values",
                {"grad": [1, 0, 90]},
                "Your guess has the weights times the values of `y`. What comes back are slopes: of x² it is 2x.",
            ),
        ),
    ),
    "autograd.curve_slopes": Solutions(
        references=(curve_slopes, curve_slopes_with_weights),
        wrong=(
            Wrong(
                "of_the_mean",
                curve_slopes_of_the_mean,
                "Your slopes are too small: divided by the number of points. That is the gradient of the mean of all "
                "values. Which other reduction gives one number, and leaves each slope as it is?",
            ),
            Wrong(
                "of_the_first",
                curve_slopes_of_the_first,
                "Only your first slope is right, the others are 0. You went backward from the first value alone, and "
                "that does not depend on the other points.",
                mistake=VECTOR,
            ),
            Wrong(
                "weighted_by_points",
                curve_slopes_weighted_by_points,
                "Your slopes are multiplied by the points. What is given to `backward()` are the weights of the "
                "values, not the place. Which weights leave the slopes as they are?",
                mistake=VECTOR,
            ),
            Wrong(
                "weighted_by_values",
                curve_slopes_weighted_by_values,
                "Your slopes are multiplied by the values of `f`. What is given to `backward()` are the weights of the "
                "values. Which weights leave the slopes as they are?",
                mistake=VECTOR,
            ),
        ),
    ),
    "autograd.point_gradients": Solutions(
        references=(point_gradients, point_gradients_by_backward, point_gradients_by_hand),
        wrong=(
            Wrong(
                "adding_up",
                point_gradients_adding_up,
                "Your first row is right. Each later one also holds all gradients before it, because `.grad` was not "
                "emptied between two points.",
                mistake=REPLACED,
            ),
            Wrong(
                "one_tensor",
                point_gradients_aliased,
                "Your rows are all the same: the sum of all gradients. You kept `.grad` itself in each round, which is "
                "one tensor, and it went on adding up.",
                mistake=REPLACED,
            ),
            Wrong(
                "one_tensor_zeroed",
                point_gradients_aliased_and_zeroed,
                "Your rows are all the same: the gradient of the last point. `.grad` was cleared with `zero_()`, in "
                "place, so all the rows that you kept are one tensor.",
                mistake=REPLACED,
            ),
            Wrong(
                "of_the_mean",
                point_gradients_of_the_mean,
                "Your rows are all the same: the gradient of the mean loss. Asked for is the gradient of each point's "
                "own loss.",
            ),
            Wrong(
                "in_w",
                point_gradients_in_w,
                "Your rows are right, but the last gradient is left behind in `w.grad`, and what was there is lost. "
                "Use a copy of `w`, or `torch.autograd.grad`, which leaves every `.grad` alone.",
            ),
            Wrong(
                "adding_up_in_w",
                point_gradients_adding_up_in_w,
                "Your rows also hold all gradients before them, and what was in `w.grad` at the start. Besides, they "
                "are left behind there. Use a copy of `w`, and empty its `.grad` in each round.",
                mistake=REPLACED,
            ),
        ),
    ),
    "autograd.growth_gradient": Solutions(
        references=(growth_gradient, growth_gradient_of_a_copy),
        wrong=(
            Wrong(
                "by_data",
                growth_gradient_by_data,
                "The message is gone, but the gradient is wrong: it reads 2 · (exp(x) + 1)², not 2 · (exp(x) + 1) · "
                "exp(x). `.data` writes behind autograd's back, and `exp` used the changed result as its slope. Make a "
                "new tensor instead.",
            ),
            Wrong(
                "addition_lost",
                growth_gradient_lost,
                "Your gradient is that of exp(x)², without the 1. `grown + 1` makes a new tensor; without a name for "
                "it, it is lost.",
            ),
            Wrong(
                "one_too_early",
                growth_gradient_one_earlier,
                "Your gradient is that of exp(x + 1)². The 1 is to be added after `exp`.",
            ),
        ),
    ),
    "autograd.predict_detach": Solutions(
        references=({"grad": 3.0}, {"grad": 3}),
        wrong=(
            Wrong(
                "detach_is_ignored",
                {"grad": 6},
                "Your guess is the slope of x². Only one factor leads back to `x`; for the graph, the detached one is "
                "a plain 3.",
                mistake=CUT,
            ),
            Wrong(
                "everything_is_cut",
                {"grad": 0},
                "Your guess says that nothing comes back. `detach()` makes a new tensor without history; `x` itself, "
                "the other factor, is still watched.",
                mistake=CUT,
            ),
            Wrong(
                "x_is_detached",
                {"grad": None},
                "Your guess says that `x.grad` stays empty, as if `x.detach()` had changed `x`. It has not: it "
                "returned a new tensor. `x` is still watched.",
                mistake=CUT,
            ),
            Wrong(
                "value_instead_of_slope",
                {"grad": 9},
                "Your guess is the value of `y`. In `x.grad` is its slope.",
            ),
        ),
    ),
    "autograd.report_loss": Solutions(
        references=(report_loss, report_loss_by_grad),
        wrong=(
            Wrong(
                "not_emptied",
                report_loss_not_emptied,
                "The number is right, but `w.grad` holds more than this gradient: what was there before was not "
                "emptied, and `backward()` adds.",
                mistake=REPLACED,
            ),
            Wrong(
                "emptied_after",
                report_loss_emptied_after,
                "`w.grad` is empty at the end: you cleared it after `backward()`, and threw the new gradient away. It "
                "is the old one that must go.",
            ),
            Wrong(
                "tensor",
                report_loss_as_tensor,
                "Your answer is a tensor that still holds the graph. Kept in a list, it would keep all of it in "
                "memory. For printing, take the plain number out, after `backward()`.",
            ),
            Wrong(
                "detached_tensor",
                report_loss_detached_tensor,
                "Your answer is a tensor, if one without a graph. Asked for is a Python float; which method of a "
                "tensor with one element gives it?",
            ),
            Wrong(
                "of_the_sum",
                report_loss_of_the_sum,
                "Your loss and its gradient are too large by the number of points: it is the mean of the points' "
                "losses, not their sum.",
            ),
            Wrong(
                "on_a_copy",
                report_loss_on_a_copy,
                "The number is right, but nothing has arrived in `w.grad`. You detached a copy of `w` and went "
                "backward to that. Here the caller's `w` is to get its gradient.",
                mistake=CUT,
            ),
        ),
    ),
    "autograd.climb": Solutions(
        references=(climb, climb_by_recursion),
        wrong=(
            Wrong(
                "once",
                climb_once,
                "Your answer takes at most one step. The rule holds as long as the value is below the limit: `while`, "
                "not `if`.",
            ),
            Wrong(
                "past_the_limit",
                climb_past_the_limit,
                "Your answer goes on when the value is exactly the limit. It stops as soon as the value is no longer "
                "below.",
            ),
            Wrong(
                "decided_once",
                climb_decided_once,
                "Your answer decides by the start whether to triple or to square, and stays with it. The rule asks "
                "anew at each step, about the value there.",
            ),
            Wrong(
                "slope_of_the_last_step",
                climb_last_step,
                "Your slope is that of the last step alone. Each round starts from a detached tensor, so the steps "
                "before are not in the graph.",
                mistake=CUT,
            ),
            Wrong(
                "always_tripled",
                climb_always_tripled,
                "Your answer only ever triples. A value larger than 2 is squared instead.",
            ),
        ),
    ),
}
