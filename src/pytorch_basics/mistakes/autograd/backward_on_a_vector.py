"""A6: ``backward`` is called on a tensor of several numbers, which leaves open whose slope is meant."""

# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for backward().

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

REFUSAL = "grad can be implicitly created only for scalar outputs"


def broken() -> Answer:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x.square()
    y.backward()
    return Answer(given=x.grad, expected=2 * x.detach())


def fixed() -> Answer:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x.square()
    y.sum().backward()
    return Answer(given=x.grad, expected=2 * x.detach())


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's refusal, of ``backward()`` and of ``torch.autograd.grad`` alike."""
    return isinstance(evidence, Raised) and REFUSAL in evidence.message


MISTAKE = Mistake(
    id="autograd.backward_on_a_vector",
    code="A6",
    title="backward() works on a tensor of any shape",
    see="An error that a gradient can be created only for scalar outputs. With a batch of one there is no error.",
    why="A gradient says how one number changes. Of several numbers PyTorch does not guess which one you mean, or with "
    "which weights they are to be added up.",
    instead="`loss.mean().backward()` or `loss.sum().backward()`; or say the weights: `y.backward(gradient=weights)`, "
    "in the shape of `y`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
