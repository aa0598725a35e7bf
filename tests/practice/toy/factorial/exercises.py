"""Exercises that the tests of the practice engine hand answers in to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch

from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case

_HINTS = ("A nudge.", "A push.", "Almost the answer.")


def _tensors(draw: Draw) -> Iterable[Case]:
    for _ in range(5):
        yield case(draw.randn(*draw.shape_not_square()))


def _numbers(draw: Draw) -> Iterable[Case]:
    for _ in range(5):
        yield case(draw.integer(2, 9))


def _sizes(draw: Draw) -> Iterable[Case]:
    for _ in range(5):
        n = draw.integer(2, 5)
        yield case(n, draw.randn(1, n))


def _build_and_call(Net: Callable[..., Any], n: int, x: torch.Tensor) -> Any:
    torch.manual_seed(0)
    return Net(n)(x)


DOUBLE = Exercise(
    id="factorial.double",
    title="Double",
    statement="Write `double(x)`.",
    stub='def double(x):\n    """Twice x."""\n    ...\n',
    examples=(case(torch.tensor([1.0, 5.0])),),
    cases=_tensors,
    hints=_HINTS,
    seconds=3.0,
)
ABSOLUTE = Exercise(
    id="factorial.absolute",
    title="Absolute",
    statement="Write `absolute(x)`.",
    stub="def absolute(x):\n    ...\n",
    examples=(case(torch.tensor([1.0, -5.0])),),
    cases=_tensors,
    hints=_HINTS,
    without=("clamp",),
)
FACTORIAL = Exercise(
    id="factorial.factorial",
    title="Factorial",
    statement="Write `factorial(n)`.",
    stub="def factorial(n):\n    ...\n",
    examples=(case(3),),
    cases=_numbers,
    hints=_HINTS,
)
NET = Exercise(
    id="factorial.net",
    title="Net",
    statement="Write a module `Net(n)` with one `Linear(n, 1)`.",
    stub="class Net(torch.nn.Module):\n    ...\n",
    examples=(case(2, torch.ones(1, 2)),),
    cases=_sizes,
    hints=_HINTS,
    probe=_build_and_call,
    same=Same(grad=False),
)
SHAPE = Prediction(
    id="factorial.shape",
    title="Shape",
    statement="Which shape?",
    code="x = torch.ones(2, 3)\n",
    asks={"shape": "x.shape"},
    hints=_HINTS,
)

EXERCISES = (DOUBLE, ABSOLUTE, FACTORIAL, NET, SHAPE)
