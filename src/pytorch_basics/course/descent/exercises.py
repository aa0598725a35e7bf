"""The exercises of the lesson on descent, in the lesson's order: statements, stubs, cases and hints, no answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. Parameters travel with their ``.grad``; the
probes show both after the call, since the functions asked for return nothing. One file although long: the order of
the lesson is its structure.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case


def _parameter(values: Tensor, grad: Tensor | None) -> Tensor:
    """A leaf that requires a gradient, and has this one."""
    made = values.clone().requires_grad_()
    made.grad = grad
    return made


def _drawn(draw: Draw, *shape: int, dtype: torch.dtype = torch.float32, reached: bool = True) -> Tensor:
    """A random parameter; ``reached``: whether a gradient has arrived at it. No gradient entry is close to 0."""
    grad = draw.randn(*shape, dtype=dtype)
    return _parameter(draw.randn(*shape, dtype=dtype), grad + grad.sign() if reached else None)


PREDICT_ASSIGNED = Prediction(
    id="descent.predict_assigned",
    title="What is w after the step?",
    statement="A step as one would write it down. At the end: is `w` a leaf, does it require a gradient, and which "
    "number is it?",
    code="""w = torch.tensor(3.0, requires_grad=True)
loss = (w - 1) ** 2
loss.backward()
w = w - 0.25 * w.grad
""",
    asks={"leaf": "w.is_leaf", "requires_grad": "w.requires_grad", "value": "w.item()"},
    hints=(
        "Who made the tensor that is called `w` at the end: you, or an operation?",
        "A leaf was not computed from a tensor that requires a gradient.",
        "The slope of (w − 1)² is 2·(w − 1). The subtraction makes a new tensor out of the old `w`, which is watched.",
    ),
)


def _show_step(answer: Callable[..., Any], parameters: list[Tensor], lr: float) -> dict[str, Any]:
    """The tensors that were handed in, and their gradients, after the call; whatever the list holds then."""
    handed_in = list(parameters)
    answer(parameters, lr)
    return {"parameters": handed_in, "grads": [p.grad for p in handed_in]}


def _steps(draw: Draw) -> Iterator[Case]:
    rows, columns = draw.shape_not_square()
    yield case([_drawn(draw, rows, columns), _drawn(draw, rows)], 0.1)
    yield case([_drawn(draw, columns), _drawn(draw, columns, reached=False), _drawn(draw)], 0.5)
    yield case([_drawn(draw)], 2.0)
    yield case([_drawn(draw, 1, rows, dtype=torch.float64)], draw.choice((0.01, 0.3)))
    yield case([_drawn(draw, rows, reached=False)], 0.1)
    yield case([_drawn(draw, 0), _drawn(draw, 2, 2)], 0.25)


STEP = Exercise(
    id="descent.step",
    title="One step of gradient descent",
    statement="""Write `step(parameters, lr)`. `parameters` is a list of leaves that require a gradient; `backward()`
has run. Change each of these tensors itself: subtract `lr` times its `.grad`. Where `.grad` is None,
leave the parameter as it is. `requires_grad` and `.grad` stay. Return nothing; the examples show the
parameters and their gradients after the call.""",
    stub='''def step(parameters, lr):
    """Move every parameter, in place, by `lr` times its gradient, downhill."""
    ...
''',
    examples=(
        case([_parameter(torch.tensor([3.0, -1.0]), torch.tensor([4.0, -4.0]))], 0.25),
        case(
            [_parameter(torch.tensor(5.0), None), _parameter(torch.tensor([1.0]), torch.tensor([10.0]))],
            0.1,
        ),
    ),
    cases=_steps,
    hints=(
        "The caller holds the tensors, not your names for them. So which kind of operation do you need?",
        "In place, and unwatched: what must stand around the update? And what if there is no gradient?",
        "For each parameter whose `.grad` is not None, under `torch.no_grad()`: `-=`.",
    ),
    minutes=4,
    same=Same(grad=True),
    probe=_show_step,
)


def _show_loss(answer: Callable[..., Any], rate: Tensor, times: Tensor, sizes: Tensor) -> dict[str, Any]:
    """The loss, and the gradient that ``backward`` then leaves in the rate."""
    loss = answer(rate, times, sizes)
    if not isinstance(loss, Tensor):
        return {"loss": loss, "grad": rate.grad}
    if loss.requires_grad:
        loss.backward()  # type: ignore[no-untyped-call]  # PyTorch declares no types for it
    return {"loss": loss.detach(), "grad": rate.grad}


def _growths(draw: Draw) -> Iterator[Case]:
    for points, dtype in (
        (3, torch.float32),
        (draw.integer(4, 8), torch.float32),
        (1, torch.float32),
        (5, torch.float64),
    ):
        rate = draw.rand(1, dtype=dtype)[0] + 0.2
        yield case(_parameter(rate, None), draw.rand(points, dtype=dtype) + 0.1, draw.rand(points, dtype=dtype) + 3)
    yield case(_parameter(torch.tensor(-0.5), None), draw.rand(4, 2) + 0.1, draw.rand(4, 2) + 3)


GROWTH_LOSS = Exercise(
    id="descent.growth_loss",
    title="Repair: backward fails",
    statement="""`growth_loss(rate, times, sizes)` fits a growth: at each time the model says exp(rate · time), and the
loss is the mean of the squared differences from the measured `sizes`. `rate` is a 0-d tensor that
requires a gradient; `times` and `sizes` have one and the same shape. The number it returns is right, but
`backward()` on it fails. Repair it: the loss is a 0-d tensor from which `backward()` puts the right
gradient into `rate.grad`. The arguments stay as they are.""",
    stub='''def growth_loss(rate, times, sizes):
    """The mean squared difference between exp(rate * times) and the measured sizes."""
    output = torch.exp(rate * times)
    output -= sizes
    return (output**2).mean()
''',
    examples=(
        case(_parameter(torch.tensor(0.5), None), torch.tensor([0.0, 2.0]), torch.tensor([1.0, 3.0])),
        case(_parameter(torch.tensor(0.0), None), torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 2.0, 2.0])),
    ),
    cases=_growths,
    hints=(
        "Call `growth_loss` on tensors of your own, call `backward()`, and read which operation complains.",
        "The slope of exp is exp itself. So which tensor does `exp` keep, and which line overwrites it?",
        "Give the difference a tensor of its own: a new name, and no operation in place.",
    ),
    minutes=4,
    probe=_show_loss,
)

PREDICT_NOT_CLEARED = Prediction(
    id="descent.predict_not_cleared",
    title="Three steps, nothing cleared",
    statement="The slope of this loss is 2 everywhere. Which number is `w` at the end, and which number is `w.grad`?",
    code="""w = torch.tensor(10.0, requires_grad=True)
for _ in range(3):
    loss = 2 * w
    loss.backward()
    with torch.no_grad():
        w -= w.grad
""",
    asks={"w": "w.item()", "grad": "w.grad.item()"},
    hints=(
        "Write down `w.grad` after each of the three calls of `backward()`.",
        "`backward()` adds to what is there. The first step is 2 long. How long is the second?",
        "`w.grad` is 2, then 2 + 2, then 2 + 2 + 2; and each of them is subtracted from `w`.",
    ),
)


def _show_cleared(answer: Callable[..., Any], parameters: list[Tensor]) -> dict[str, Any]:
    """The gradients after the call, and the tensors that held them before, which somebody may still use."""
    old = [p.grad for p in parameters]
    answer(parameters)
    return {"grads": [p.grad for p in parameters], "old": old}


def _to_clear(draw: Draw) -> Iterator[Case]:
    rows, columns = draw.shape_not_square()
    yield case([_drawn(draw, rows, columns), _drawn(draw, columns)])
    yield case([_drawn(draw, rows), _drawn(draw, rows, reached=False)])
    yield case([_drawn(draw, dtype=torch.float64)])
    yield case([_drawn(draw, columns, reached=False)])
    yield case([_drawn(draw, 1, 1), _drawn(draw), _drawn(draw, 1, columns)])


CLEAR_GRADS = Exercise(
    id="descent.clear_grads",
    title="Clear the gradients",
    statement="""Write `clear_grads(parameters)`, for a list of leaves that require a gradient. Afterwards `.grad` of
each is None. Some have none to begin with. Whoever still holds one of the old gradient tensors (`old` in the
examples) finds its numbers unchanged. The parameters stay as they are. Return nothing.""",
    stub='''def clear_grads(parameters):
    """Leave no gradient in any of the parameters."""
    ...
''',
    examples=(
        case([_parameter(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))]),
        case([_parameter(torch.tensor(1.0), None), _parameter(torch.tensor(2.0), torch.tensor(5.0))]),
    ),
    cases=_to_clear,
    hints=(
        "Clearing can mean two things. Which of them leaves no tensor behind?",
        "`.grad` is an attribute. What can one do with an attribute, other than change the tensor in it?",
        "Assign to the attribute, `p.grad = …`, for each `p` in the list.",
    ),
    minutes=3,
    same=Same(grad=True),
    probe=_show_cleared,
)


def _lines(draw: Draw) -> Iterator[Case]:
    for points, steps in ((draw.integer(3, 9), draw.integer(5, 30)), (2, 3), (1, 4)):
        x = 2 * draw.rand(points) - 0.5
        yield case(x, draw.choice((1.5, -2.0)) * x + 1 + 0.1 * draw.randn(points), draw.choice((0.05, 0.1, 0.2)), steps)
    yield case(draw.rand(4) + 0.5, draw.rand(4) + 2, 0.1, 1)
    yield case(draw.rand(4), draw.rand(4), 0.1, 0)


FIT_LINE = Exercise(
    id="descent.fit_line",
    title="Fit a line",
    statement="""Write `fit_line(x, y, lr, steps)`. `x` and `y` are `float32` tensors of shape `(points,)`. Fit
`weight * x + bias` to `y`: both start at 0, the loss is the *mean* of the squared differences. Take exactly
`steps` steps of gradient descent, each with the gradients of this step alone. Return `(weight, bias,
losses)`: two Python floats, and a list with the loss of each step as a Python float, computed *before*
that step moves anything.""",
    stub='''def fit_line(x, y, lr, steps):
    """Fit weight * x + bias to y. Returns (weight, bias, losses): numbers, and a list of numbers."""
    ...
''',
    examples=(
        case(torch.tensor([1.0]), torch.tensor([1.0]), 0.25, 2),
        case(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0]), 0.1, 3),
    ),
    cases=_lines,
    hints=(
        "Two tensors that require a gradient, and a loop. In the loop four things happen. In which order?",
        "Loss; backward; both parameters move, unwatched; both gradients are cleared. Where do you note the loss?",
        "`losses.append(loss.item())` comes right after the loss is computed. `.item()` also makes the two results.",
    ),
    minutes=8,
    same=Same(rtol=1e-3, atol=1e-5),
)

PREDICT_RATES = Prediction(
    id="descent.predict_rates",
    title="Three learning rates",
    statement="The bowl 2·w², whose slope is 4·w. Where is `w` after three steps, with each of the three "
    "learning rates?",
    code="""def after_three_steps(lr):
    w = torch.tensor(1.0, requires_grad=True)
    for _ in range(3):
        loss = 2 * w**2
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
    return w.item()


quarter = after_three_steps(0.25)
half = after_three_steps(0.5)
three_quarters = after_three_steps(0.75)
""",
    asks={"quarter": "quarter", "half": "half", "three_quarters": "three_quarters"},
    hints=(
        "Do one step by hand: at `w = 1` the slope is 4.",
        "A step turns `w` into `w − lr · 4 · w`. That is `w` times a number. Which number, for each `lr`?",
        "The numbers are 0, −1 and −2. Apply each of them three times to 1.",
    ),
    minutes=2,
)


def _show_momentum(
    answer: Callable[..., Any], parameters: list[Tensor], velocities: list[Tensor], lr: float, momentum: float
) -> dict[str, Any]:
    """The tensors that were handed in, after the call; whatever the lists hold then."""
    handed_in, speeds = list(parameters), list(velocities)
    answer(parameters, velocities, lr, momentum)
    return {"parameters": handed_in, "grads": [p.grad for p in handed_in], "velocities": speeds}


def _pushes(draw: Draw) -> Iterator[Case]:
    rows, columns = draw.shape_not_square()
    yield case([_drawn(draw, rows, columns)], [draw.randn(rows, columns)], 0.1, 0.9)
    yield case(
        [_drawn(draw, columns, reached=False), _drawn(draw)], [draw.rand(columns) + 1, draw.rand(1)[0] + 1], 0.3, 0.5
    )
    yield case([_drawn(draw, rows, dtype=torch.float64)], [draw.randn(rows, dtype=torch.float64)], 2.0, 0.75)
    yield case([_drawn(draw, 1, rows)], [draw.randn(1, rows)], 0.5, 0.9)
    yield case([_drawn(draw, columns)], [draw.randn(columns)], 0.25, 0.0)


MOMENTUM_STEP = Exercise(
    id="descent.momentum_step",
    title="A step with momentum",
    statement="""Write `momentum_step(parameters, velocities, lr, momentum)`. The two lists belong together: a parameter
and its velocity have the same shape, and the velocities require no gradient. For each pair, first turn
the velocity into *momentum · velocity + gradient*, then subtract `lr` times the new velocity from the
parameter. Change the tensors themselves, both of them. Where `.grad` is None, leave both alone. `.grad`
stays. Return nothing.""",
    stub='''def momentum_step(parameters, velocities, lr, momentum):
    """Update every velocity, then every parameter, in place."""
    ...
''',
    examples=(
        case([_parameter(torch.tensor([1.0, 2.0]), torch.tensor([4.0, -4.0]))], [torch.tensor([10.0, 0.0])], 0.1, 0.5),
        case([_parameter(torch.tensor(1.0), None)], [torch.tensor(10.0)], 0.1, 0.5),
    ),
    cases=_pushes,
    hints=(
        "It is the step you know, with one more tensor to change before it.",
        "`velocity = momentum * velocity + …` would only move a name. Which operations change the tensor itself?",
        "`velocity.mul_(momentum).add_(p.grad)`, then the step with `velocity` in place of `p.grad`.",
    ),
    minutes=5,
    same=Same(grad=True),
    probe=_show_momentum,
)


def _bowls(draw: Draw) -> Iterator[Case]:
    wide = torch.float64  # so that no rounding decides when to stop
    for n in (1, draw.integer(2, 4)):
        curvature, start = draw.rand(n, dtype=wide) + 0.5, draw.randn(n, dtype=wide) + 3
        yield case(curvature, start, 0.7, 1e-3, 60)
        yield case(curvature, -start, 0.7, 1e-3, 60)
        yield case(curvature, start, 0.05, 1e-6, draw.integer(3, 9))
    yield case(torch.ones(2, dtype=wide), torch.zeros(2, dtype=wide), 0.1, 1e-3, 50)
    for most_steps in (60, 4):  # too large a learning rate: overflows after some 20 steps
        yield case(4 + draw.rand(2), 1 + draw.rand(2), 2.0, 1e-3, most_steps)


DESCEND = Exercise(
    id="descent.descend",
    title="Know when to stop",
    statement="""Write `descend(curvature, start, lr, tolerance, most_steps)`. Go down the bowl *sum of curvature · w² /
2* from `w = start`; `curvature` and `start` have the shape `(n,)`. Before each step look at the
gradient: if its length (the root of the sum of its squares) is at most `tolerance`, stop. After
`most_steps` steps stop in any case. If on the way the loss is no longer finite (`inf` or `nan`), raise
an `OverflowError`. Return `(w, steps)`: a tensor that requires no gradient, and how many steps you took.
`start` stays as it is.""",
    stub='''def descend(curvature, start, lr, tolerance, most_steps):
    """Gradient descent on a bowl, until it is flat. Returns (w, steps)."""
    ...
''',
    examples=(
        case(torch.tensor([1.0]), torch.tensor([8.0]), 0.5, 1.0, 100),
        case(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 0.0]), 0.5, 0.1, 100),
        case(torch.tensor([8.0]), torch.tensor([1.0]), 1.0, 0.1, 100),
    ),
    cases=_bowls,
    hints=(
        "Which look comes first in a round of the loop, and which comes last, the step or the question?",
        "In a round: loss, is it finite, backward, is the gradient short, step, clear. Start from a clone of `start`.",
        "`torch.isfinite(loss)` and `w.grad.norm()` answer the two questions; `w.detach()` is what to return.",
    ),
    minutes=7,
    same=Same(grad=True),
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    PREDICT_ASSIGNED,
    STEP,
    GROWTH_LOSS,
    PREDICT_NOT_CLEARED,
    CLEAR_GRADS,
    FIT_LINE,
    PREDICT_RATES,
    DESCEND,
    MOMENTUM_STEP,
)
