"""A8: an operation in place is taken for a free saving of memory."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import re

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

# What backward, or the operation itself, says when a value that autograd still needs has been overwritten.
OVERWRITTEN = re.compile(
    r"needed for gradient computation has been modified by an inplace operation"
    r"|is a view and is being modified inplace"
    r"|is a view and its base or another view of its base has been modified inplace"
)


def broken() -> Answer:
    x = torch.tensor([1.0, 4.0, 16.0], requires_grad=True)
    root = x.sqrt()
    root += 1
    root.sum().backward()
    return Answer(given=x.grad, expected=torch.tensor([0.5, 0.25, 0.125]), args=(x,))


def fixed() -> Answer:
    x = torch.tensor([1.0, 4.0, 16.0], requires_grad=True)
    root = x.sqrt()
    root = root + 1
    root.sum().backward()
    return Answer(given=x.grad, expected=torch.tensor([0.5, 0.25, 0.125]), args=(x,))


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's refusal to go backward through a value that is no longer there."""
    return isinstance(evidence, Raised) and bool(OVERWRITTEN.search(evidence.message))


MISTAKE = Mistake(
    id="autograd.in_place_on_saved",
    code="A8",
    title="Working in place only saves memory",
    see="The forward pass works. `backward()` raises a RuntimeError: a variable needed for gradient computation has "
    "been modified by an inplace operation; it is at version 1, version 0 was expected.",
    why="Many operations keep a tensor for `backward`, their input or their result. PyTorch counts the changes in "
    "place of every tensor (its version) and refuses to compute with a value that has been overwritten. "
    "`torch.no_grad()` does not stop the counting; `.data` does, and then the gradient is wrong without a word.",
    instead="`root = root + 1`, which makes a new tensor; and call `backward()` before you change a parameter",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
