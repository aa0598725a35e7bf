"""A5: ``backward`` is called a second time on a graph that the first call has used up."""

# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for backward().

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

# In full: "Trying to backward through the graph a second time (or directly access saved tensors after they have …".
REFUSAL = "Trying to backward through the graph a second time"


def broken() -> Answer:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    loss = w.square().sum()
    for _ in range(2):
        loss.backward()
    return Answer(given=w.grad, expected=4 * w.detach())


def fixed() -> Answer:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    for _ in range(2):
        loss = w.square().sum()
        loss.backward()
    return Answer(given=w.grad, expected=4 * w.detach())


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's refusal, of ``backward()`` and of ``torch.autograd.grad`` alike."""
    return isinstance(evidence, Raised) and REFUSAL in evidence.message


MISTAKE = Mistake(
    id="autograd.backward_twice",
    code="A5",
    title="I can call backward() on the same loss again",
    see="The first `backward()` works; the second says that it is trying to backward through the graph a second time. "
    "(A graph of additions alone lets it pass.)",
    why="To go back, most operations need numbers that they saved on the way forward. `backward()` frees them. Often "
    "two losses share a part of the graph, or the loss was computed once, before the loop. `retain_graph=True`, which "
    "the message suggests, keeps the old numbers: the message is gone, but the gradient is that of the old loss.",
    instead="the computation of the loss anew before each `backward()`; where two losses share a part, their sum and "
    "one `backward()`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
