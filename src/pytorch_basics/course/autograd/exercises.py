"""The exercises of the lesson on autograd, in the lesson's order: statements, stubs, cases and hints, no answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. A case cannot carry a function, so it carries the
text of one, and ``_with_function`` makes the function of it. One file although long: the order of the lesson is its
structure.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case


def _with_function(answer: Callable[..., Any], f: str, *rest: Any) -> Any:
    """Call the answer with the function of ``x`` that ``f`` spells out."""
    return answer(eval(f"lambda x: {f}", {"torch": torch}), *rest)


def _watched(x: Tensor, grad: Tensor | None = None) -> Tensor:
    """``x`` as a leaf, with something in its ``.grad`` already where that is given."""
    x.requires_grad_()
    x.grad = grad
    return x


SEED = "((x + 2) ** 2 + 3).mean()"


def _slope_cases(draw: Draw) -> Iterator[Case]:
    f64 = torch.float64
    yield case(SEED, draw.randn(draw.integer(2, 5), dtype=f64), 0.01)
    yield case("(x ** 3).sum()", draw.randn(*draw.shape_not_square(2, 4), dtype=f64), 0.25)
    yield case("torch.sin(x).sum()", 2 * draw.randn(1, 4, dtype=f64), 0.5)
    yield case("(x[0] * x[1]) ** 2", draw.randn(2, dtype=f64), 0.125)
    yield case("torch.exp(x)", draw.randn(dtype=f64), 0.5)
    yield case("x[:, 0].sum()", draw.randn(3, 3, dtype=f64), 0.5)


FINITE_DIFFERENCES = Exercise(
    id="autograd.finite_differences",
    title="The gradient by trying it out",
    statement="""Write `finite_differences(f, x, step)`. `f` takes a tensor like `x` and returns one number (0-d).
Return a new tensor in the shape and dtype of `x`. For each element it holds the **central** difference: *(f with
that element one `step` higher, minus f with it one `step` lower), divided by the distance between the two*. The
other elements stay where they are, and so does `x`. Do without autograd.

(The examples show `f` as text.)""",
    stub='''def finite_differences(f, x, step):
    """The slope of f at x in the direction of each element, by trying both sides."""
    ...
''',
    examples=(
        case(SEED, torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64), 0.5),
        case("x[0, 0] ** 3 + 10 * x[0, 1]", torch.tensor([[1.0, 5.0]], dtype=torch.float64), 1.0),
    ),
    cases=_slope_cases,
    hints=(
        "One loop over the elements. In each round, `f` is called twice.",
        "Each round starts from two fresh copies of `x`. How do you copy a tensor?",
        "For each `i` in `range(x.numel())`: two copies `x.flatten().clone()`, one with `step` added at `i`, one with "
        "it taken away; both back to the shape of `x` with `view`; the difference of their values over `2 * step`.",
    ),
    minutes=8,
    probe=_with_function,
    without=("backward", "autograd", "grad", "jacobian", "jacrev", "jacfwd"),
)

PREDICT_LEAF = Prediction(
    id="autograd.predict_leaf",
    title="Watched? A leaf?",
    statement="One product and one sum. Which of the two is watched, and which is a leaf? (Four times True or False.)",
    code="""x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)
weights = torch.tensor([1.0, 2.0, 3.0])
product = x * weights
total = weights.sum()
""",
    asks={
        "product_watched": "product.requires_grad",
        "product_leaf": "product.is_leaf",
        "total_watched": "total.requires_grad",
        "total_leaf": "total.is_leaf",
    },
    hints=(
        "Which of the two was computed from `x`?",
        "A result is watched when at least one of its inputs is. A leaf has nothing watched behind it.",
        "`product` has `x` behind it. Behind `total` nothing is watched, so no graph was recorded for it.",
    ),
)


def _layers(draw: Draw) -> Iterator[Case]:
    rows, columns = draw.shape_not_square()
    yield case(draw.randn(rows, columns), _watched(draw.randn(columns)))
    yield case(draw.randn(1, columns), _watched(draw.randn(columns)))
    yield case(draw.randn(rows, 1), _watched(draw.randn(1)))
    yield case(draw.randn(3, 3), _watched(draw.randn(3)))
    f64 = torch.float64
    yield case(draw.rand(rows, columns, dtype=f64), _watched(draw.rand(columns, dtype=f64)))


ON_THE_WAY = Exercise(
    id="autograd.on_the_way",
    title="A gradient on the way",
    statement="""Write `on_the_way(points, w)`. `points` is `(batch, features)`, not watched; `w` is `(features,)`, a
watched leaf with an empty `.grad`. Compute

1. `hidden`, the `torch.tanh` of the matrix product of `points` and `w`, shape `(batch,)` (tanh squeezes every number
   between −1 and 1);
2. the loss: the mean of `hidden` squared.

Return the pair *(gradient of the loss with respect to `hidden`, gradient of the loss with respect to `w`)*.""",
    stub='''def on_the_way(points, w):
    """The gradients of the mean of tanh(points @ w) squared, with respect to that tanh and to w."""
    ...
''',
    examples=(
        case(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), _watched(torch.tensor([0.5, -0.5]))),
        case(torch.tensor([[0.0, 2.0]]), _watched(torch.tensor([1.0, 1.0]))),
    ),
    cases=_layers,
    hints=(
        "One of the two tensors is a leaf, the other is not.",
        "Before you go backward, one tensor must be told to keep its gradient.",
        "Give `hidden` a name of its own, call its `retain_grad()`, then `backward()` from the loss; read both "
        "`.grad`.",
    ),
    minutes=5,
)

PREDICT_ACCUMULATION = Prediction(
    id="autograd.predict_accumulation",
    title="Twice backward, once looked at",
    statement="The slope of w² is 2w, that of w³ is 3w². At the end, which three numbers are in `first`, and which in "
    "`w.grad`?",
    code="""w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
(w**2).sum().backward()
first = w.grad
(w**3).sum().backward()
""",
    asks={"first": "first.tolist()", "grad": "w.grad.tolist()"},
    hints=(
        "How many tensors are there for `first` and `w.grad`?",
        "The squares alone give 2, 4, 6; the cubes alone 3, 12, 27. The second `backward()` adds, in place.",
        "`first = w.grad` makes no copy: both names show the same tensor, and it holds the sum.",
    ),
)


def _powers(draw: Draw) -> Iterator[Case]:
    yield case(_watched(draw.randn(draw.integer(2, 4))), [2, 3])
    yield case(_watched(draw.randn(*draw.shape_not_square(2, 4))), [draw.integer(1, 4) for _ in range(4)])
    yield case(_watched(draw.randn(1, 3, dtype=torch.float64)), [3, 1, 2])
    yield case(_watched(draw.rand() + 1), [1, 1, 1])
    yield case(_watched(draw.randn(draw.integer(2, 4))), [draw.integer(2, 4)])


RUNNING_GRADIENTS = Exercise(
    id="autograd.running_gradients",
    title="Take snapshots",
    statement="""Write `running_gradients(w, powers)`. `w` is a watched leaf with an empty `.grad`. For each number `p`
of the list `powers`, in order, go backward from the sum of `w` to the power `p`, and let the gradients add up in
`w.grad`. After each backward, keep what `w.grad` holds **at that moment**. Return the list of these snapshots: each
has its own memory, none changes later. At the end `w.grad` holds the sum of all.""",
    stub='''def running_gradients(w, powers):
    """What w.grad held after each of the backward passes from (w ** p).sum()."""
    ...
''',
    examples=(
        case(_watched(torch.tensor([1.0, 2.0, 3.0])), [2, 3]),
        case(_watched(torch.tensor([[0.5, -1.0]])), [1, 1, 2]),
    ),
    cases=_powers,
    hints=(
        "In the guess above, `first` did not keep what it was given.",
        "A snapshot needs memory of its own. Which method copies a tensor?",
        "In the loop: backward, then append `w.grad.clone()`.",
    ),
    minutes=4,
    same=Same(memory=True, grad=True),
)


def _gradient_of(answer: Callable[..., Any], f: str, x: Tensor) -> Any:
    """What counts are the numbers of the gradient, not whether it could be differentiated again."""
    result = answer(eval(f"lambda x: {f}", {"torch": torch}), x)
    return result.detach() if isinstance(result, torch.Tensor) else result


def _functions_at(draw: Draw) -> Iterator[Case]:
    n, shape = draw.integer(2, 5), draw.shape_not_square(2, 4)
    yield case(SEED, draw.randn(n))
    yield case(SEED, _watched(draw.randn(n), draw.randn(n)))
    yield case("(x ** 3).sum()", _watched(draw.randn(*shape, dtype=torch.float64)))
    yield case("(torch.sin(x) * x.flip(0)).sum()", _watched(draw.randn(*shape), torch.ones(shape)))
    yield case("torch.exp(x) + 2", draw.randn())
    yield case("(x[:, 0] * x[:, 1]).mean()", _watched(draw.randn(1, 2), draw.randn(1, 2)))


GRADIENT_OF = Exercise(
    id="autograd.gradient_of",
    title="A gradient without traces",
    statement="""Write `gradient_of(f, x)`. `f` takes a tensor and returns one number (0-d). Return the gradient of `f`
at `x`: a new tensor in the shape and dtype of `x`.

Leave no traces. `x` may be watched or not, and its `.grad` may hold something already. After the call all of this,
and the numbers in `x`, are as before. (The examples show `f` as text.)""",
    stub='''def gradient_of(f, x):
    """The gradient of f at x; x itself, its requires_grad and its .grad stay as they are."""
    ...
''',
    examples=(
        case(SEED, torch.tensor([0.0, 1.0, 2.0])),
        case("(x ** 2).sum()", _watched(torch.tensor([[1.0, -3.0]]), torch.tensor([[100.0, 100.0]]))),
    ),
    cases=_functions_at,
    hints=(
        "You need a tensor of your own: the numbers of `x`, but not its history.",
        "`x.detach()` has the numbers without the history. Whether it is watched is then up to you.",
        "Watch a detached copy, give it to `f`, go `backward()` from the result, and return the copy's `.grad`.",
    ),
    minutes=6,
    same=Same(grad=True),
    probe=_gradient_of,
)


PREDICT_TWICE = Prediction(
    id="autograd.predict_twice",
    title="Backward twice, additions only",
    statement="The same graph, twice backward, but nothing in it except additions. Which exception (its class, or "
    "None), and what is in `x.grad` at the end?",
    code="""x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = (x + 1).sum()
y.backward()
y.backward()
""",
    asks={"raises": "", "grad": "x.grad.tolist()"},
    hints=(
        "What does an addition need to remember, to know its slope?",
        "Nothing: its slope is 1 wherever you are. So `backward()` has nothing to free here.",
        "No exception. Each `backward()` brings 1 for every element; and what do two of them make in `.grad`?",
    ),
)

PREDICT_WEIGHTS = Prediction(
    id="autograd.predict_weights",
    title="Weights for a vector",
    statement="`y` has three numbers; `backward` gets a weight for each. What is in `x.grad`?",
    code="""x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x**2
y.backward(torch.tensor([1.0, 0.0, 10.0]))
""",
    asks={"grad": "x.grad.tolist()"},
    hints=(
        "It is the gradient of one number: `(weights * y).sum()`.",
        "The slopes of `y` alone are 2, 4 and 6.",
        "Each slope times its weight: 2 · 1, 4 · 0, and the third.",
    ),
)


def _curves(draw: Draw) -> Iterator[Case]:
    yield case("x ** 2", draw.randn(draw.integer(3, 6)))
    yield case("torch.tanh(3 * x)", draw.randn(*draw.shape_not_square(2, 4)))
    yield case("x * torch.exp(-x)", 0.5 + draw.rand(draw.integer(2, 5), dtype=torch.float64))
    yield case("1 / (1 + x ** 2)", 1 + draw.rand(1, 3))
    yield case("torch.sin(x)", draw.randn(1))
    yield case("x ** 3 - x", 1 + draw.rand())


CURVE_SLOPES = Exercise(
    id="autograd.curve_slopes",
    title="The slope at many points",
    statement="""Write `curve_slopes(f, points)`. `f` works element by element, like `torch.sin`; `points` is not
watched and may have any shape. Return a tensor of that shape: the slope of the curve `f` at each of the points. The
numbers in `points` stay as they are. (The examples show `f` as text.)""",
    stub='''def curve_slopes(f, points):
    """The slope of the curve f at each of the points."""
    ...
''',
    examples=(
        case("x ** 2", torch.tensor([1.0, 2.0, 3.0])),
        case("x ** 3", torch.tensor([[1.0], [-2.0]])),
    ),
    cases=_curves,
    hints=(
        "`f(points)` has many numbers, and `backward()` wants one. But each number depends on one point only.",
        "Add all the values up: in the sum, what each point contributes has still its own slope. A mean divides.",
        "Watch a detached copy of `points`, go backward from the sum of `f` of it, return its `.grad`.",
    ),
    minutes=4,
    probe=_with_function,
)


def _regressions(draw: Draw) -> Iterator[Case]:
    n, k = draw.shape_not_square()
    yield case(_watched(draw.randn(k)), draw.randn(n, k), draw.randn(n))
    yield case(_watched(draw.randn(k), draw.randn(k)), draw.randn(n, k), draw.randn(n))
    yield case(_watched(draw.randn(3), torch.ones(3)), draw.randn(3, 3), draw.randn(3))
    yield case(_watched(draw.randn(k)), draw.randn(1, k), draw.randn(1))
    yield case(_watched(draw.randn(1)), draw.randn(n, 1), draw.randn(n))
    f64 = torch.float64
    yield case(_watched(draw.randn(2, dtype=f64)), draw.randn(4, 2, dtype=f64), draw.randn(4, dtype=f64))


POINT_GRADIENTS = Exercise(
    id="autograd.point_gradients",
    title="What does each point want?",
    statement="""Write `point_gradients(w, points, targets)`. `w` is `(features,)`, a watched leaf; `points` is
`(batch, features)`, `targets` is `(batch,)`. The loss of *one* point is the square of (its product with `w`, summed
up, minus its target). Return a tensor of shape `(batch, features)`, not watched: row `i` is the gradient, with respect
to `w`, of the loss of point `i` alone. `w` and its `.grad`, which may be empty or not, stay as they were.""",
    stub='''def point_gradients(w, points, targets):
    """Row i: the gradient of (points[i] @ w - targets[i]) ** 2 with respect to w."""
    ...
''',
    examples=(
        case(
            _watched(torch.tensor([1.0, 1.0])),
            torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
            torch.tensor([0.0, 2.0, 0.0]),
        ),
        case(
            _watched(torch.tensor([2.0]), torch.tensor([5.0])), torch.tensor([[1.0], [3.0]]), torch.tensor([0.0, 1.0])
        ),
    ),
    cases=_regressions,
    hints=(
        "One loss and one backward for each point. Where do the gradients of the points before it go meanwhile?",
        "Work on a detached, watched copy of `w`, empty its `.grad` in each round, and compute each point's loss anew.",
        "`torch.autograd.grad(loss, w)` returns a tuple with the gradient and leaves every `.grad` alone; "
        "`torch.stack` makes the rows.",
    ),
    minutes=8,
    same=Same(grad=True, rtol=1e-4, atol=1e-5),
)


def _growths(draw: Draw) -> Iterator[Case]:
    yield case(draw.randn(draw.integer(2, 5)))
    yield case(draw.randn(*draw.shape_not_square(2, 4)))
    yield case(draw.randn(1, 3, dtype=torch.float64))
    yield case(draw.randn(3, 2).t())
    yield case(draw.rand())


GROWTH_GRADIENT = Exercise(
    id="autograd.growth_gradient",
    title="Repair a change in place",
    statement="""The function below should return the gradient, with respect to `x`, of the sum of (exp(x) + 1)². It
fails. Repair it: PyTorch is to compute the gradient, and the argument `x` stays as it is. Change as little as you
can.""",
    stub='''def growth_gradient(x):
    """The gradient of ((exp(x) + 1) ** 2).sum() at x."""
    x = x.clone().requires_grad_()
    grown = torch.exp(x)
    grown += 1
    loss = (grown**2).sum()
    loss.backward()
    return x.grad
''',
    examples=(case(torch.tensor([0.0, 1.0])), case(torch.tensor([[-1.0], [0.5]]))),
    cases=_growths,
    hints=(
        "Run it and read the message: which operation had saved something that was changed afterwards?",
        "`exp` saved its own result, since that is also its slope. `+=` then wrote over it.",
        "Let the addition make a new tensor: `grown = grown + 1`.",
    ),
    minutes=3,
)

PREDICT_DETACH = Prediction(
    id="autograd.predict_detach",
    title="Half detached",
    statement="The value of `y` is 9. What is `x.grad`?",
    code="""x = torch.tensor(3.0, requires_grad=True)
y = x * x.detach()
y.backward()
""",
    asks={"grad": "x.grad.item()"},
    hints=(
        "Through how many of the two factors can the gradient come back to `x`?",
        "For the graph, `x.detach()` is a plain number.",
        "So the graph reads: `x` times 3.",
    ),
)


REPORT_LOSS = Exercise(
    id="autograd.report_loss",
    title="The gradient, and a number to print",
    statement="""Write `report_loss(w, points, targets)`: the start of a training step. `w`, `points` and `targets` are
as in *What does each point want?*; the loss is now the **mean** of the points' losses. Return it as a Python `float`,
for printing. Afterwards `w.grad` holds the gradient of this loss alone, whatever was in it before.""",
    stub='''def report_loss(w, points, targets):
    """The mean loss as a float; its gradient, and nothing else, is in w.grad afterwards."""
    ...
''',
    examples=(
        case(
            _watched(torch.tensor([1.0, 1.0]), torch.tensor([100.0, 100.0])),
            torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
            torch.tensor([0.0, 2.0, 0.0]),
        ),
    ),
    cases=_regressions,
    hints=(
        "Two things are wanted from one loss. In which order must you take them?",
        "First empty `w.grad`; then loss and backward, with tensors all the way. The Python number comes last.",
        "`w.grad = None`; the loss; `loss.backward()`; `return loss.item()`.",
    ),
    minutes=5,
    same=Same(grad=True, rtol=1e-4, atol=1e-5),
)


def _climbs(draw: Draw) -> Iterator[Case]:
    f64 = torch.float64
    yield case(0.1 + 0.8 * draw.rand(dtype=f64), float(draw.integer(20, 60)))
    yield case(0.05 + 0.1 * draw.rand(dtype=f64), 30.0)
    yield case(2.5 + draw.rand(dtype=f64), float(draw.integer(20, 40)))
    yield case(1.2 + 0.5 * draw.rand(dtype=f64), 10.0)
    yield case(60 + draw.rand(dtype=f64), 50.0)
    yield case(torch.tensor(3.0), 9.0)
    yield case(torch.tensor(0.5), 1.5)
    yield case(torch.tensor(2.0), float(draw.integer(5, 40)))


CLIMB = Exercise(
    id="autograd.climb",
    title="Differentiate a loop",
    statement="""Write `climb(x, limit)`. `x` is a positive 0-d tensor, not watched. The rule: as long as the value is
below `limit`, a value of at most 2 is tripled, and a larger one is squared. Start with the value of `x`. Return the
pair *(last value, its slope with respect to `x`)* as two Python floats; let PyTorch find the slope. `x` stays as it
is.""",
    stub='''def climb(x, limit):
    """Triple or square x until it reaches limit: (last value, slope with respect to x), two floats."""
    ...
''',
    examples=(
        case(torch.tensor(1.0), 8.0),
        case(torch.tensor(0.5), 3.0),
        case(torch.tensor(7.0), 5.0),
    ),
    cases=_climbs,
    hints=(
        "Plain Python is enough: a `while`, and an `if` in it, on a watched tensor.",
        "A 0-d tensor can be compared with a number. Keep the watched start under one name and the value under "
        "another.",
        "`start = x.clone().requires_grad_()`; `value = start`; the loop gives `value` new tensors, never in place; "
        "`value.backward()`; then `.item()` twice.",
    ),
    minutes=6,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    FINITE_DIFFERENCES,
    PREDICT_LEAF,
    ON_THE_WAY,
    PREDICT_ACCUMULATION,
    RUNNING_GRADIENTS,
    GRADIENT_OF,
    PREDICT_TWICE,
    PREDICT_WEIGHTS,
    CURVE_SLOPES,
    POINT_GRADIENTS,
    GROWTH_GRADIENT,
    PREDICT_DETACH,
    REPORT_LOSS,
    CLIMB,
)
