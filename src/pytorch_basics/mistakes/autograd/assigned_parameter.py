"""A3: ``w = w - lr * w.grad`` is taken for a change of the parameter."""

# PyTorch declares no types for `backward`, and `.grad` as maybe None; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call, operator"

import ast
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.mistakes.autograd import grad_of, grad_was_none
from pytorch_basics.mistakes.memory import arrays_in
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Record, Sign
from pytorch_basics.mistakes.operations.star_is_matmul import alike, plain


def broken() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    for _ in range(2):
        ((w - 1) ** 2).sum().backward()
        w = w - 0.25 * w.grad
    return Answer(given=w, expected=torch.tensor([1.5, 0.5], requires_grad=True))


def fixed() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    for _ in range(2):
        ((w - 1) ** 2).sum().backward()
        with torch.no_grad():
            w -= 0.25 * w.grad
        w.grad = None
    return Answer(given=w, expected=torch.tensor([1.5, 0.5], requires_grad=True))


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


def signs(record: Record) -> Iterator[Sign]:
    """The gradient of a computed tensor is None, and what computed it is the step itself."""
    if not isinstance(record, FailureRecord) or not grad_was_none(record) or record.place is None:
        return
    found = grad_of(record)
    if found is None or found[1].value is None or not found[1].value.tensor or found[1].value.leaf:
        return
    name = found[1].text
    step = stepped(record, name)
    if step is not None:
        yield Sign(
            place=step.place,
            seen=f"`{name} = {step.text}` made a new tensor in an earlier round; it was computed, so it is no leaf and "
            f"`{name}.grad` is None.",
            instead=f"with torch.no_grad(): {name} -= {_rest(step, name)}",
            evidence=(f"`{name}.is_leaf` is False",),
            also=(record.place,) if record.place.line != step.place.line else (),
        )


def stepped(record: FailureRecord, name: str) -> Step | None:
    """The step ``w - lr * w.grad`` that was bound to ``w``."""
    found = grad_of(record)
    for step in record.origins(found[1] if found else None):
        if step.kind == "operator" and f"{name}.grad" in step.text and step.called in ("-", "+"):
            return step
    return None


def _rest(step: Step, name: str) -> str:
    left, right = (*step.operands, None, None)[:2]
    return right.text if left is not None and right is not None and left.text.startswith(name) else f"lr * {name}.grad"


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
    signs=signs,
    also=("optim.zero_grad_leaves_zeros",),
)
