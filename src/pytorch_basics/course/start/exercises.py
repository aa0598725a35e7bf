"""The first checks: a trivial function, a guess, and a function that somebody got wrong."""

from collections.abc import Iterable

import torch

from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, case


def _double_cases(draw: Draw) -> Iterable[Case]:
    # Larger than the first example: that one is the smallest failing case which the lesson shows.
    yield case(draw.randn(draw.integer(4, 6)))
    yield case(draw.randn(*draw.shape_not_square()))
    yield case(draw.randint(5, 99, draw.integer(4, 6)))
    yield case(draw.randn(draw.integer(4, 6), dtype=torch.float64))
    yield case(draw.randn(1, draw.integer(4, 6)))
    yield case(draw.randn(2, 1, draw.integer(2, 3)))
    yield case(draw.randn(0))


DOUBLE = Exercise(
    id="start.double",
    title="Your first check",
    statement="""Write `double(x)`. It takes a tensor `x` of any shape and returns a **new** tensor of the
same shape in which every number is twice as large. The type of the numbers stays what it was, and `x` itself
must not change.""",
    stub='''def double(x):
    """Twice every number of x."""
    ...
''',
    examples=(case(torch.tensor([1.0, 2.5, -3.0])), case(torch.tensor([[2, 0], [5, 7], [1, 1]]))),
    cases=_double_cases,
    hints=(
        "Arithmetic on a tensor is done to every number in it, so you need no loop. Replace the `...`.",
        "A function gives its result back with `return`. Which sign is “times” in Python?",
        "One line: `return x` times 2, with the sign for “times” between them.",
    ),
    minutes=2,
)

GUESS = Prediction(
    id="start.guess",
    title="Your first guess",
    statement="""Read the code, do not run it. `torch.ones(2, 3)` makes a tensor with 2 rows and 3 columns,
full of ones.

What is the `shape` of `y`? What do the numbers in `y` add up to (`y_total`)? And what do the numbers in `x`
add up to at the end (`x_total`)? Write the shape as a tuple, like `(4, 1)`.""",
    code="x = torch.ones(2, 3)\ny = x + 1\n",
    asks={"shape": "y.shape", "y_total": "y.sum().item()", "x_total": "x.sum().item()"},
    hints=(
        ("How many numbers does `x` hold? And does `+` change the thing on its left, or does it make something new?"),
        "`+ 1` is done to every number. Think of Python's own numbers: after `b = a + 1`, what is `a`?",
        "`y` holds six numbers, each of them 1 + 1. `x` still holds six ones.",
    ),
)


def _total_cases(draw: Draw) -> Iterable[Case]:
    for n in (draw.integer(2, 4), draw.integer(5, 8)):
        yield case(draw.rand(n) + 0.5, draw.rand(n) + 0.5)
    n = draw.integer(2, 6)
    yield case(draw.randint(1, 20, n), draw.randint(1, 20, n))
    yield case(draw.randn(n, dtype=torch.float64), draw.randn(n, dtype=torch.float64))
    yield case(draw.rand(1), draw.rand(1))
    yield case(draw.rand(0), draw.rand(0))


TOTAL = Exercise(
    id="start.total",
    title="Repair somebody else's function",
    statement="""`prices` and `amounts` are two tensors of shape `(items,)`: what one piece costs, and how
many pieces were bought. `total(prices, amounts)` should return what the whole purchase costs, as a tensor
that holds one number (its shape is `()`, as `.sum()` gives it). With nothing bought that is 0. The type of
the numbers stays what it was.

The function below runs without an error, and its result is wrong. Find out why, and repair it.""",
    stub='''def total(prices, amounts):
    """What the whole purchase costs."""
    return prices.sum() * amounts.sum()
''',
    examples=(
        case(torch.tensor([2.0, 3.0]), torch.tensor([1.0, 10.0])),
        case(torch.tensor([4]), torch.tensor([5])),
    ),
    cases=_total_cases,
    hints=(
        ("Take two things at 2 and 3 coins, one of the first and ten of the second. Work it out on paper first."),
        "Each price belongs to the amount at the same place. `prices * amounts` multiplies place by place.",
        "First multiply place by place, then add up what you got: one `.sum()`, around the product.",
    ),
    minutes=3,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (DOUBLE, GUESS, TOTAL)
