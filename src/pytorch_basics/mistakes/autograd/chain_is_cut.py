"""A7: a step between the parameters and the loss has left the graph, and ``backward`` finds no way back."""

# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for backward().

import re

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

REFUSALS = re.compile(
    r"element \d+ of tensors does not require grad and does not have a grad_fn"
    r"|[Oo]ne of the differentiated Tensors (does not require grad|appears to not have been used in the graph)"
    r"|differentiated Tensor at index \d+ appears to not have been used in the graph"
)
# `.item()`, `.tolist()` and `.numpy()` give plain numbers, which have no way back at all.
NUMBERS = re.compile(r"'(float|int|list|numpy\.\w+)' object has no attribute 'backward'")


def broken() -> Answer:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    loss = w.detach().square().sum()
    loss.backward()
    return Answer(given=w.grad, expected=2 * w.detach())


def fixed() -> Answer:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    loss = w.square().sum()
    loss.backward()
    return Answer(given=w.grad, expected=2 * w.detach())


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's refusals to go back from, or to, a tensor that has no history; Python's to go back from a number."""
    if not isinstance(evidence, Raised):
        return False
    if evidence.kind == "AttributeError":
        return bool(NUMBERS.search(evidence.message))
    return bool(REFUSALS.search(evidence.message))


MISTAKE = Mistake(
    id="autograd.chain_is_cut",
    code="A7",
    title="The way back to the parameters is always there",
    see="`backward()` says that element 0 of tensors does not require grad and does not have a grad_fn; or Python "
    "says that a float has no attribute `backward`.",
    why="Between the parameters and the loss, one step was not recorded: `detach()`, `.data`, `torch.no_grad()`, "
    "`.item()`, `.numpy()`, a new `torch.tensor(…)` made from old numbers; or no tensor was watched to begin with.",
    instead="`requires_grad_()` on the parameters, tensors all the way to `loss.backward()`, and `loss.item()` only "
    "after it, for printing",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
