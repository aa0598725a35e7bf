"""A4: ``w -= lr * w.grad`` is taken for a legal step on a tensor that requires a gradient."""

# PyTorch declares no types for `backward`, and `.grad` as maybe None; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call, operator"

import re

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

REFUSED = re.compile(r"leaf Variable that requires grad is being used in an in-place operation")


def broken() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    ((w - 1) ** 2).sum().backward()
    w -= 0.25 * w.grad
    return Answer(given=w, expected=torch.tensor([2.0, 0.0]))


def fixed() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    ((w - 1) ** 2).sum().backward()
    with torch.no_grad():
        w -= 0.25 * w.grad
    return Answer(given=w, expected=torch.tensor([2.0, 0.0]))


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's refusal to change a watched leaf, or a view of one, in place."""
    return isinstance(evidence, Raised) and bool(REFUSED.search(evidence.message))


MISTAKE = Mistake(
    id="autograd.in_place_on_leaf",
    code="A4",
    title="A parameter can be changed in place like any tensor",
    see="`w -= lr * w.grad`, `w.zero_()` or `w[0] = 1` raises a RuntimeError about a leaf Variable that requires "
    "grad and an in-place operation.",
    why="Autograd watches `w`. A change of `w` would become part of the computation, and the number that the "
    "gradient belongs to would be gone. An update is not part of the model, so tell autograd not to watch it.",
    instead="`with torch.no_grad(): w -= lr * w.grad`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
