"""A3: ``w = w - lr * w.grad`` is taken for a change of the parameter."""

# PyTorch declares no types for `backward`, and `.grad` as maybe None; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call, operator"

import ast

import torch

from pytorch_basics.mistakes.memory import arrays_in
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake
from pytorch_basics.mistakes.operations.star_is_matmul import alike, plain


def broken() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    ((w - 1) ** 2).sum().backward()
    w = w - 0.25 * w.grad
    return Answer(given=w, expected=torch.tensor([2.0, 0.0], requires_grad=True))


def fixed() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    ((w - 1) ** 2).sum().backward()
    with torch.no_grad():
        w -= 0.25 * w.grad
    return Answer(given=w, expected=torch.tensor([2.0, 0.0], requires_grad=True))


def shown_by(evidence: Evidence) -> bool:
    """The next step finds no gradient; or a leaf was expected, or a step, and a new tensor has taken it instead."""
    if not isinstance(evidence, Answer):
        no_grad = evidence.kind == "TypeError" and "NoneType" in evidence.message
        return no_grad and any(assigns_step(line) for line in evidence.lines[-1:])
    given, expected, inputs = (_floats(part) for part in (evidence.given, evidence.expected, evidence.args))
    if len(given) != len(expected):
        return False
    pairs = [(a, b) for a, b in zip(given, expected, strict=True) if a.shape == b.shape]
    return any(_lost_leaf(a, b) or any(_left_behind(a, b, x) for x in inputs) for a, b in pairs)


def assigns_step(line: str) -> bool:
    """Whether a line of source reads ``w = w - … w.grad …``, whatever the names."""
    try:
        statements = ast.parse(line.strip()).body
    except (SyntaxError, ValueError):
        return False
    if len(statements) != 1 or not isinstance(statements[0], ast.Assign):
        return False
    target = ast.unparse(statements[0].targets[0])
    parts = [ast.unparse(node) for node in ast.walk(statements[0].value)]
    return target in parts and f"{target}.grad" in parts


def _floats(value: object) -> list[torch.Tensor]:
    return [x for x in arrays_in(value) if plain(x) and x.is_floating_point()]


def _lost_leaf(given: torch.Tensor, expected: torch.Tensor) -> bool:
    return expected.is_leaf and expected.requires_grad and not given.is_leaf


def _left_behind(given: torch.Tensor, expected: torch.Tensor, x: torch.Tensor) -> bool:
    """``x`` should have taken a step against its gradient, and is where it was."""
    grad = x.grad if x.is_leaf else None
    if grad is None or not plain(grad) or grad.shape != expected.shape or not alike(given, x):
        return False
    direction, step = grad.detach().double(), (x - expected).detach().double()
    length = (direction * direction).sum()
    rate = (direction * step).sum() / length
    return bool(length > 0) and bool(rate > 1e-9) and alike(step, rate * direction)


MISTAKE = Mistake(
    id="autograd.assigned_parameter",
    code="A3",
    title="w = w - lr * w.grad updates the parameter",
    see="The first step looks right. At the second, `w.grad` is None, with a warning about a non-leaf tensor and "
    "then a TypeError with 'NoneType'; or, in a function, the caller's parameter never moves.",
    why="`w - lr * w.grad` makes a new tensor, and `=` only moves the name `w` to it. The new tensor was computed, "
    "so it is no leaf, and `backward()` leaves no `.grad` in it. The parameter itself has not changed.",
    instead="`with torch.no_grad(): w -= lr * w.grad`, which changes the parameter itself and leaves it a leaf",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
