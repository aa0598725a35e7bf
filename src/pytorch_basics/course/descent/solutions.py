"""References and named wrong solutions of the exercises on descent, in the lesson's order.

In go the functions below, each a few lines of PyTorch; out comes ``SOLUTIONS``. The first reference of each
computes what is expected. One file although long: every entry stands alone, and the order is that of
``exercises.py``.
"""

# PyTorch declares no types for `backward`, and `.grad` as maybe None; the references below are shown to learners.
# mypy: disable-error-code="no-untyped-call, operator, arg-type, union-attr"

import math

import torch
from torch import Tensor

from pytorch_basics.practice.exercise import Solutions, Wrong

ADDS_UP = "autograd.grad_is_replaced"
ASSIGNED = "autograd.assigned_parameter"
ON_LEAF = "autograd.in_place_on_leaf"
ON_SAVED = "autograd.in_place_on_saved"
ZEROS = "optim.zero_grad_leaves_zeros"

# --- step


def step(parameters: list[Tensor], lr: float) -> None:
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad


@torch.no_grad()
def step_decorated(parameters: list[Tensor], lr: float) -> None:
    for p in (p for p in parameters if p.grad is not None):
        p.add_(p.grad, alpha=-lr)


def step_through_detach(parameters: list[Tensor], lr: float) -> None:
    for p in parameters:
        if p.grad is not None:
            p.detach().sub_(p.grad * lr)  # shares the memory of p


def step_assigned(parameters: list[Tensor], lr: float) -> None:
    for p in parameters:
        if p.grad is not None:
            p = p - lr * p.grad


def step_into_the_list(parameters: list[Tensor], lr: float) -> None:
    for i, p in enumerate(parameters):
        if p.grad is not None:
            parameters[i] = p - lr * p.grad


def step_watched(parameters: list[Tensor], lr: float) -> None:
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad


def step_uphill(parameters: list[Tensor], lr: float) -> None:
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p += lr * p.grad


def step_none_unguarded(parameters: list[Tensor], lr: float) -> None:
    with torch.no_grad():
        for p in parameters:
            p -= lr * p.grad


def step_and_clear(parameters: list[Tensor], lr: float) -> None:
    step(parameters, lr)
    for p in parameters:
        p.grad = None


def step_unwatched_for_good(parameters: list[Tensor], lr: float) -> None:
    for p in parameters:
        if p.grad is not None:
            p.requires_grad_(False)
            p -= lr * p.grad


# --- growth_loss


def growth_loss(rate: Tensor, times: Tensor, sizes: Tensor) -> Tensor:
    output = torch.exp(rate * times)
    difference = output - sizes
    return (difference**2).mean()


def growth_loss_of_a_clone(rate: Tensor, times: Tensor, sizes: Tensor) -> Tensor:
    output = (rate * times).exp().clone()
    output -= sizes
    return output.square().mean()


def growth_loss_still_in_place(rate: Tensor, times: Tensor, sizes: Tensor) -> Tensor:
    output = torch.exp(rate * times)
    with torch.no_grad():
        output.sub_(sizes)
    return (output**2).mean()


def growth_loss_behind_the_back(rate: Tensor, times: Tensor, sizes: Tensor) -> Tensor:
    output = torch.exp(rate * times)
    output.data -= sizes
    return (output**2).mean()


def growth_loss_cut_off(rate: Tensor, times: Tensor, sizes: Tensor) -> Tensor:
    output = torch.exp(rate * times).detach()
    output -= sizes
    return (output**2).mean()


def growth_loss_into_the_sizes(rate: Tensor, times: Tensor, sizes: Tensor) -> Tensor:
    output = torch.exp(rate * times)
    sizes -= output
    return (sizes**2).mean()


def growth_loss_summed(rate: Tensor, times: Tensor, sizes: Tensor) -> Tensor:
    return ((torch.exp(rate * times) - sizes) ** 2).sum()


# --- clear_grads


def clear_grads(parameters: list[Tensor]) -> None:
    for p in parameters:
        p.grad = None


def clear_grads_if_any(parameters: list[Tensor]) -> None:
    for i in range(len(parameters)):
        if parameters[i].grad is not None:
            del parameters[i].grad


def clear_grads_to_zero(parameters: list[Tensor]) -> None:
    for p in parameters:
        if p.grad is not None:
            p.grad.zero_()


def clear_grads_to_zero_unguarded(parameters: list[Tensor]) -> None:
    for p in parameters:
        p.grad.zero_()


def clear_grads_with_new_zeros(parameters: list[Tensor]) -> None:
    for p in parameters:
        p.grad = torch.zeros_like(p)


def clear_grads_twice(parameters: list[Tensor]) -> None:
    clear_grads_to_zero(parameters)
    clear_grads(parameters)


def clear_grads_of_a_name(parameters: list[Tensor]) -> None:
    for p in parameters:
        grad = p.grad
        if grad is not None:
            grad = None


def clear_parameters(parameters: list[Tensor]) -> None:
    with torch.no_grad():
        for p in parameters:
            p.zero_()
            p.grad = None


# --- fit_line


def fit_line(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    weight = torch.tensor(0.0, requires_grad=True)
    bias = torch.tensor(0.0, requires_grad=True)
    losses = []
    for _ in range(steps):
        loss = ((weight * x + bias - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        step([weight, bias], lr)
        clear_grads([weight, bias])
    return weight.item(), bias.item(), losses


def fit_line_as_one_tensor(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    inputs = torch.stack([x, torch.ones_like(x)], dim=1)
    line = torch.zeros(2, requires_grad=True)
    losses = []
    for _ in range(steps):
        line.grad = None
        loss = torch.nn.functional.mse_loss(inputs @ line, y)
        loss.backward()
        losses.append(float(loss))
        with torch.no_grad():
            line.sub_(lr * line.grad)
    return float(line[0]), float(line[1]), losses


def fit_line_without_autograd(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    weight, bias, losses = 0.0, 0.0, []
    for _ in range(steps):
        error = weight * x + bias - y
        losses.append(error.square().mean().item())
        weight -= lr * 2 * (error * x).mean().item()
        bias -= lr * 2 * error.mean().item()
    return weight, bias, losses


def fit_line_not_cleared(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    weight, bias = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
    losses = []
    for _ in range(steps):
        loss = ((weight * x + bias - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        step([weight, bias], lr)
    return weight.item(), bias.item(), losses


def fit_line_assigned(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    weight, bias = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
    losses = []
    for _ in range(steps):
        loss = ((weight * x + bias - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        weight = weight - lr * weight.grad
        bias = bias - lr * bias.grad
    return weight.item(), bias.item(), losses


def fit_line_zeroes_none(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    weight, bias = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
    losses = []
    for _ in range(steps):
        loss = ((weight * x + bias - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        weight = weight - lr * weight.grad
        bias = bias - lr * bias.grad
        weight.grad.zero_()
        bias.grad.zero_()
    return weight.item(), bias.item(), losses


def fit_line_watched(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    weight, bias = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
    losses = []
    for _ in range(steps):
        loss = ((weight * x + bias - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        step_watched([weight, bias], lr)
        clear_grads([weight, bias])
    return weight.item(), bias.item(), losses


def fit_line_noted_late(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    weight, bias, losses = fit_line(x, y, lr, steps)
    return weight, bias, [*losses[1:], ((weight * x + bias - y) ** 2).mean().item()] if steps else []


def fit_line_summed(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    weight, bias, losses = fit_line_without_autograd(x, y, lr * len(x), steps)
    return weight, bias, [loss * len(x) for loss in losses]


def fit_line_uphill(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    return fit_line(x, y, -lr, steps)


def fit_line_weight_only(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[float]]:
    weight, bias = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
    losses = []
    for _ in range(steps):
        loss = ((weight * x + bias - y) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        step([weight], lr)
        clear_grads([weight, bias])
    return weight.item(), bias.item(), losses


def fit_line_keeps_graphs(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[float, float, list[Tensor]]:
    weight, bias, losses = fit_line(x, y, lr, steps)
    return weight, bias, [torch.tensor(loss, requires_grad=True) for loss in losses]


def fit_line_gives_tensors(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[Tensor, Tensor, list[float]]:
    weight, bias, losses = fit_line(x, y, lr, steps)
    return torch.tensor(weight, requires_grad=True), torch.tensor(bias, requires_grad=True), losses


# --- descend


def descend(curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int) -> tuple[Tensor, int]:
    w = start.clone().requires_grad_()
    for steps in range(most_steps):
        loss = (curvature * w**2).sum() / 2
        if not torch.isfinite(loss):
            raise OverflowError("the learning rate is too large")
        (grad,) = torch.autograd.grad(loss, w)
        if grad.norm() <= tolerance:
            return w.detach(), steps
        with torch.no_grad():
            w -= lr * grad
    return w.detach(), most_steps


def descend_by_formula(
    curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int
) -> tuple[Tensor, int]:
    w, steps = start.clone(), 0
    while steps < most_steps and (curvature * w).square().sum().sqrt() > tolerance:
        w = w - lr * curvature * w
        steps += 1
        if not math.isfinite((curvature * w**2).sum().item()):
            raise OverflowError
    return w, steps


def _descend(
    curvature: Tensor,
    w: Tensor,
    lr: float,
    tolerance: float,
    most_steps: int,
    *,
    flat: str = "norm",
    clear: bool = True,
    finite: bool = True,
    late: bool = False,
) -> tuple[Tensor, int]:
    """The loop with one thing wrong in it; ``flat`` says what is compared with the tolerance."""
    w.requires_grad_()
    for steps in range(most_steps):
        loss = (curvature * w**2).sum() / 2
        if finite and not torch.isfinite(loss):
            raise OverflowError
        loss.backward()
        assert w.grad is not None
        size = {"norm": w.grad.norm(), "sum": w.grad.sum(), "loss": loss, "never": loss + torch.inf}[flat]
        if size <= tolerance and not late:
            return w.detach(), steps
        step([w], lr)
        if clear:
            clear_grads([w])
        if size <= tolerance:
            return w.detach(), steps + 1
    return w.detach(), most_steps


def descend_in_the_start(curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int) -> object:
    w, steps = _descend(curvature, start, lr, tolerance, most_steps)
    start.requires_grad_(False)
    start.grad = None
    return w, steps


def descend_asks_late(curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int) -> object:
    return _descend(curvature, start.clone(), lr, tolerance, most_steps, late=True)


def descend_with_signed_sum(curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int) -> object:
    return _descend(curvature, start.clone(), lr, tolerance, most_steps, flat="sum")


def descend_until_loss_is_small(
    curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int
) -> object:
    return _descend(curvature, start.clone(), lr, tolerance, most_steps, flat="loss")


def descend_to_the_end(curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int) -> object:
    return _descend(curvature, start.clone(), lr, tolerance, most_steps, flat="never")


def descend_not_cleared(curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int) -> object:
    return _descend(curvature, start.clone(), lr, tolerance, most_steps, clear=False)


def descend_blind_to_overflow(curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int) -> object:
    return _descend(curvature, start.clone(), lr, tolerance, most_steps, finite=False)


def descend_still_watched(curvature: Tensor, start: Tensor, lr: float, tolerance: float, most_steps: int) -> object:
    w, steps = descend(curvature, start, lr, tolerance, most_steps)
    return w.requires_grad_(), steps


# --- momentum_step


def momentum_step(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    with torch.no_grad():
        for p, velocity in zip(parameters, velocities, strict=True):
            if p.grad is not None:
                velocity.mul_(momentum).add_(p.grad)
                p -= lr * velocity


@torch.no_grad()
def momentum_step_by_copy(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    for i, p in enumerate(parameters):
        if p.grad is None:
            continue
        velocities[i].copy_(momentum * velocities[i] + p.grad)
        p.copy_(p - lr * velocities[i])


def momentum_of_a_name(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    with torch.no_grad():
        for p, velocity in zip(parameters, velocities, strict=True):
            if p.grad is not None:
                velocity = momentum * velocity + p.grad
                p -= lr * velocity


@torch.no_grad()
def momentum_assigned(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    for p, velocity in zip(parameters, velocities, strict=True):
        if p.grad is not None:
            velocity.mul_(momentum).add_(p.grad)
            p = p - lr * velocity


@torch.no_grad()
def momentum_with_old_velocity(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    for p, velocity in zip(parameters, velocities, strict=True):
        if p.grad is not None:
            p -= lr * velocity
            velocity.mul_(momentum).add_(p.grad)


@torch.no_grad()
def momentum_with_lr_inside(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    for p, velocity in zip(parameters, velocities, strict=True):
        if p.grad is not None:
            velocity.mul_(momentum).add_(lr * p.grad)
            p -= velocity


@torch.no_grad()
def momentum_averaged(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    for p, velocity in zip(parameters, velocities, strict=True):
        if p.grad is not None:
            velocity.mul_(momentum).add_((1 - momentum) * p.grad)
            p -= lr * velocity


@torch.no_grad()
def momentum_not_used(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    for p, velocity in zip(parameters, velocities, strict=True):
        if p.grad is not None:
            velocity.mul_(momentum).add_(p.grad)
            p -= lr * p.grad


@torch.no_grad()
def momentum_none_is_zero(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    for p, velocity in zip(parameters, velocities, strict=True):
        velocity.mul_(momentum).add_(torch.zeros_like(p) if p.grad is None else p.grad)
        p -= lr * velocity


@torch.no_grad()
def momentum_none_unguarded(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    for p, velocity in zip(parameters, velocities, strict=True):
        velocity.mul_(momentum).add_(p.grad)
        p -= lr * velocity


def momentum_watched(parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float) -> None:
    for p, velocity in zip(parameters, velocities, strict=True):
        if p.grad is not None:
            velocity.mul_(momentum).add_(p.grad)
            p -= lr * velocity


SOLUTIONS: dict[str, Solutions] = {
    "descent.predict_assigned": Solutions(
        references=(
            {"leaf": False, "requires_grad": True, "value": 2.0},
            {"leaf": False, "requires_grad": True, "value": 2},
        ),
        wrong=(
            Wrong(
                "the_parameter_changed",
                {"leaf": True, "requires_grad": True},
                "Your guess says that the parameter was updated. `w - 0.25 * w.grad` made a new tensor, and `=` moved "
                "the name `w` to it. The new one was computed, so it is no leaf.",
                mistake=ASSIGNED,
            ),
            Wrong(
                "gradients_are_not_watched",
                {"leaf": False, "requires_grad": False},
                "Your guess says that the result is not watched. `w.grad` is not, but `w` is, and one watched part is "
                "enough: the result requires a gradient.",
            ),
            Wrong(
                "a_fresh_plain_tensor",
                {"leaf": True, "requires_grad": False},
                "Your guess says that the subtraction gives a plain tensor. It would, under `torch.no_grad()`. Here "
                "autograd watches it like any other operation: the result has a `grad_fn`.",
                mistake=ASSIGNED,
            ),
            Wrong(
                "uphill",
                {"leaf": False, "requires_grad": True, "value": 4},
                "The two facts are right; the number is not. The slope at 3 is 2·(3 − 1) = 4, and a quarter of it is "
                "*subtracted*.",
            ),
        ),
    ),
    "descent.step": Solutions(
        references=(step, step_decorated, step_through_detach),
        wrong=(
            Wrong(
                "assigned",
                step_assigned,
                "Your answer leaves the parameters where they were. `p = p - …` makes a new tensor and moves only the "
                "local name `p` to it, under `no_grad` too. Which subtraction works on the tensor itself?",
                mistake=ASSIGNED,
            ),
            Wrong(
                "into_the_list",
                step_into_the_list,
                "Your answer puts new tensors into the list. They are no leaves, and the tensors that the model holds "
                "have not moved. Change those, in place.",
                mistake=ASSIGNED,
            ),
            Wrong(
                "watched",
                step_watched,
                "Your answer changes a leaf in place while autograd watches it, which PyTorch refuses. The update is "
                "no part of the model: what tells autograd to look away?",
                mistake=ON_LEAF,
            ),
            Wrong(
                "uphill",
                step_uphill,
                "Your answer climbs. The gradient points to where the loss *grows*; go the other way.",
            ),
            Wrong(
                "none_unguarded",
                step_none_unguarded,
                "Your answer is right until a parameter has no gradient: there `.grad` is None, not zero, and None "
                "cannot be multiplied. Leave such a parameter alone.",
                mistake=ZEROS,
            ),
            Wrong(
                "clears_too",
                step_and_clear,
                "Your answer takes the step and then clears the gradients. That is the job of somebody else (and of "
                "another exercise): here `.grad` stays.",
            ),
            Wrong(
                "unwatched_for_good",
                step_unwatched_for_good,
                "Your answer switches `requires_grad` off and leaves it off, so the next `backward()` brings nothing. "
                "`torch.no_grad()` looks away only for the lines in it.",
            ),
        ),
    ),
    "descent.growth_loss": Solutions(
        references=(growth_loss, growth_loss_of_a_clone),
        wrong=(
            Wrong(
                "still_in_place",
                growth_loss_still_in_place,
                "Your answer still overwrites the result of `exp`, which `exp` kept for `backward`. It makes no "
                "difference how it is done in place, nor whether `no_grad` stands around it. Leave that tensor as it "
                "is and compute a new one.",
                mistake=ON_SAVED,
            ),
            Wrong(
                "behind_the_back",
                growth_loss_behind_the_back,
                "Your answer has no error any more, and a wrong gradient. Through `.data`, PyTorch does not notice "
                "that the result of `exp` was overwritten, and goes on with the wrong numbers. The error was the "
                "better of the two.",
                mistake=ON_SAVED,
            ),
            Wrong(
                "cut_off",
                growth_loss_cut_off,
                "Your answer cuts the graph: after `detach()` (or `.item()`, or under `no_grad`) the loss no longer "
                "knows of `rate`, and no gradient can reach it.",
            ),
            Wrong(
                "into_the_sizes",
                growth_loss_into_the_sizes,
                "Your answer gives the right loss and the right gradient, but it overwrites `sizes`, the caller's "
                "data. At the next step the measured sizes are gone.",
            ),
            Wrong(
                "summed",
                growth_loss_summed,
                "Your answer can go backward, but it adds the squares up. The loss was their mean.",
            ),
        ),
    ),
    "descent.predict_not_cleared": Solutions(
        references=({"w": -2.0, "grad": 6.0}, {"w": -2, "grad": 6}),
        wrong=(
            Wrong(
                "replaced",
                {"w": 4, "grad": 2},
                "Your guess says that each `backward()` replaces the gradient. It adds: `w.grad` is 2, then 4, then 6, "
                "and the steps get longer and longer.",
                mistake=ADDS_UP,
            ),
            Wrong(
                "only_the_new_part_moves",
                {"w": 4, "grad": 6},
                "Your guess lets the gradient add up, but steps with the new part alone. `w -= w.grad` subtracts all "
                "that is in there: 2, then 4, then 6.",
                mistake=ADDS_UP,
            ),
            Wrong(
                "cleared_in_the_end",
                {"w": -2, "grad": 2},
                "Your `w` is right: the gradients add up. But nobody takes the sum away: `w.grad` still holds it.",
            ),
            Wrong(
                "used_up",
                {"grad": 0},
                "Your guess says that a step uses the gradient up. The step only reads it. `w.grad` stays until "
                "somebody clears it.",
            ),
        ),
    ),
    "descent.clear_grads": Solutions(
        references=(clear_grads, clear_grads_if_any),
        wrong=(
            Wrong(
                "zeros",
                clear_grads_to_zero,
                "Your answer leaves tensors of zeros; here None is wanted, as `zero_grad()` leaves it. It also wipes "
                "out the numbers of everyone who still holds an old gradient.",
                mistake=ZEROS,
            ),
            Wrong(
                "zeros_unguarded",
                clear_grads_to_zero_unguarded,
                "Your answer calls `.zero_()` on `.grad`. That leaves a tensor of zeros, not None, and wipes out what "
                "another variable still holds; and where there is no gradient yet, None has no method `zero_`. You "
                "need no method of the gradient at all.",
                mistake=ZEROS,
            ),
            Wrong(
                "new_zeros",
                clear_grads_with_new_zeros,
                "Your answer gives every parameter a gradient of zeros, also where there was none. None is wanted: it "
                "costs no memory and says that nothing has arrived.",
                mistake=ZEROS,
            ),
            Wrong(
                "zeros_first",
                clear_grads_twice,
                "Your answer ends with None everywhere, but it fills the old gradient tensors with zeros first, and "
                "somebody may still use them. Let go of them, do not change them.",
            ),
            Wrong(
                "a_name",
                clear_grads_of_a_name,
                "Your answer changes only a local name: after `grad = p.grad`, `grad = None` moves the name and leaves "
                "`p` as it was. Assign to the attribute of `p`.",
            ),
            Wrong(
                "the_parameters",
                clear_parameters,
                "Your answer sets the *parameters* to zero, and all that was learned is lost. `p` is the parameter, "
                "`p.grad` its gradient.",
            ),
        ),
    ),
    "descent.fit_line": Solutions(
        references=(fit_line, fit_line_as_one_tensor, fit_line_without_autograd),
        wrong=(
            Wrong(
                "not_cleared",
                fit_line_not_cleared,
                "Your answer behaves as if the gradients of earlier steps were still in `.grad`: the first step is "
                "right, then it overshoots. `backward()` adds. What must happen once in each round?",
                mistake=ADDS_UP,
            ),
            Wrong(
                "assigned",
                fit_line_assigned,
                "Your answer assigns `weight = weight - …`. That is a new tensor and no leaf, so from the second step "
                "on its `.grad` is None. Change the parameter itself, in place.",
                mistake=ASSIGNED,
            ),
            Wrong(
                "zeroes_none",
                fit_line_zeroes_none,
                "Where your answer calls a method of `.grad`, it is None. Either you assigned `weight = weight - …`, "
                "a new tensor in which no gradient ever arrives: change the parameter itself, in place. Or it is too "
                "early, before any `backward()`: assigning None clears without asking what is there.",
                mistake=ASSIGNED,
            ),
            Wrong(
                "watched",
                fit_line_watched,
                "Your answer changes a watched leaf in place, which PyTorch refuses. Put `with torch.no_grad():` "
                "around the update, and around nothing else.",
                mistake=ON_LEAF,
            ),
            Wrong(
                "noted_late",
                fit_line_noted_late,
                "Your line is right; your losses are those *after* each step. The first must be the loss of the line "
                "that you started with.",
            ),
            Wrong(
                "summed",
                fit_line_summed,
                "Your answer takes the sum of the squared differences. Then the steps are longer the more points "
                "there are. Take the mean.",
            ),
            Wrong(
                "uphill",
                fit_line_uphill,
                "Your losses grow: your answer adds the gradient. It points uphill; subtract it.",
            ),
            Wrong(
                "weight_only",
                fit_line_weight_only,
                "Your answer never moves the bias. Both parameters take a step, each with its own gradient.",
            ),
            Wrong(
                "keeps_graphs",
                fit_line_keeps_graphs,
                "Your numbers are right, but your list holds tensors, and a loss keeps the graph of its step. "
                "`loss.item()` is the plain number.",
            ),
            Wrong(
                "gives_tensors",
                fit_line_gives_tensors,
                "Your numbers are right, but the weight and the bias are tensors. Two Python floats were asked for: "
                "`.item()`.",
            ),
        ),
    ),
    "descent.predict_rates": Solutions(
        references=(
            {"quarter": 0.0, "half": -1.0, "three_quarters": -8.0},
            {"quarter": 0, "half": -1, "three_quarters": -8},
        ),
        wrong=(
            Wrong(
                "always_arrives",
                {"quarter": 0, "half": 0, "three_quarters": 0},
                "Your guess says that larger steps arrive all the same. A step does not stop at the bottom: with 0.5 "
                "it lands as high on the other side, with 0.75 higher than before.",
            ),
            Wrong(
                "no_sides",
                {"quarter": 0, "half": 1, "three_quarters": 8},
                "Your sizes are right. But a step that is too long crosses to the other side, and after three "
                "crossings `w` is on the negative one.",
            ),
            Wrong(
                "one_step",
                {"quarter": 0, "half": -1, "three_quarters": -2},
                "Your guess is where `w` is after *one* step. With 0.75 each step makes it −2 times what it was.",
            ),
            Wrong(
                "slope_stays",
                {"quarter": -2, "half": -5, "three_quarters": -8},
                "Your guess takes the slope to be 4 all the time. It is 4·w: it changes with `w`, and at the bottom "
                "it is 0.",
            ),
        ),
    ),
    "descent.descend": Solutions(
        references=(descend, descend_by_formula),
        wrong=(
            Wrong(
                "in_the_start",
                descend_in_the_start,
                "Your answer moves the caller's `start`. `w = start` is a second name, and `requires_grad_()` and the "
                "steps work on that tensor itself. Start from a copy.",
            ),
            Wrong(
                "asks_late",
                descend_asks_late,
                "Your answer takes one step too many: it finds the gradient short enough, and steps all the same. Ask "
                "before the step.",
            ),
            Wrong(
                "signed_sum",
                descend_with_signed_sum,
                "Your answer compares the sum of the gradient's elements (or their mean) with the tolerance. Negative "
                "slopes are slopes too. The length is the root of the sum of the *squares*.",
            ),
            Wrong(
                "small_loss",
                descend_until_loss_is_small,
                "Your answer stops when the *loss* is small. The lowest loss of most models is not 0, so such a rule "
                "may never stop, or too early. Ask whether the ground is flat: the gradient.",
            ),
            Wrong(
                "to_the_end",
                descend_to_the_end,
                "Your answer always takes all the steps. Where the gradient is short enough it can stop.",
            ),
            Wrong(
                "not_cleared",
                descend_not_cleared,
                "Your answer behaves as if earlier gradients were still in `.grad`. Clear it once in each round.",
                mistake=ADDS_UP,
            ),
            Wrong(
                "blind_to_overflow",
                descend_blind_to_overflow,
                "Your answer goes on computing with `inf` and `nan`. No comparison with `nan` is true, so it never "
                "stops by itself. Look at the loss in each round: is it still finite?",
            ),
            Wrong(
                "still_watched",
                descend_still_watched,
                "Your numbers are right, but the result still requires a gradient. Give back the position alone: "
                "`detach()`.",
            ),
        ),
    ),
    "descent.momentum_step": Solutions(
        references=(momentum_step, momentum_step_by_copy),
        wrong=(
            Wrong(
                "of_a_name",
                momentum_of_a_name,
                "Your parameters are right, this once. But `velocity = …` makes a new tensor; the one in the list, "
                "which the next step starts from, has not changed. Change the velocity in place.",
            ),
            Wrong(
                "assigned",
                momentum_assigned,
                "Your velocities are right, but the parameters stay where they were: `p = p - …` moves only the local "
                "name `p` to a new tensor. Subtract in place.",
                mistake=ASSIGNED,
            ),
            Wrong(
                "old_velocity",
                momentum_with_old_velocity,
                "Your answer moves the parameter with the *old* velocity. First the velocity takes up the gradient, "
                "then the parameter moves with the new one.",
            ),
            Wrong(
                "lr_inside",
                momentum_with_lr_inside,
                "Your answer puts `lr * gradient` into the velocity. Then the old pushes would keep the old learning "
                "rate when `lr` changes. PyTorch multiplies the whole velocity by `lr`, in the step.",
            ),
            Wrong(
                "averaged",
                momentum_averaged,
                "Your answer weighs the gradient with 1 − momentum, as an average does. Here, as in PyTorch's SGD, "
                "the whole gradient is added.",
            ),
            Wrong(
                "not_used",
                momentum_not_used,
                "Your velocities are right, but nobody uses them: the parameters take a plain step along the gradient.",
            ),
            Wrong(
                "none_is_zero",
                momentum_none_is_zero,
                "Your answer treats a missing gradient as zero. Zero would let the parameter coast on its old "
                "velocity. None means that nothing arrived: leave both alone.",
                mistake=ZEROS,
            ),
            Wrong(
                "none_unguarded",
                momentum_none_unguarded,
                "Your answer is right until `.grad` is None; None cannot be added. Leave such a pair alone.",
                mistake=ZEROS,
            ),
            Wrong(
                "watched",
                momentum_watched,
                "Your answer changes the parameter in place while autograd watches it, which PyTorch refuses. Put "
                "`torch.no_grad()` around it.",
                mistake=ON_LEAF,
            ),
        ),
    ),
}
