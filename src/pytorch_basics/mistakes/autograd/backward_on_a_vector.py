"""A6: ``backward`` is called on a tensor of several numbers, which leaves open whose slope is meant."""

# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for backward().

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import sizes
from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign

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


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's refusal; the shape of what ``backward`` was called on."""
    if not isinstance(record, FailureRecord) or REFUSAL not in record.message or record.place is None:
        return
    step = record.failing
    given = next(iter(step.operands), None) if step is not None else None
    call = record.call("backward", "grad")
    value = (given.value if given else None) or (call.argument("self", "outputs") if call else None)
    shape = sizes(value.shape) if value is not None and value.tensor else "several numbers"
    name = given.text if given else "the loss"
    per_sample = _unreduced(record)
    yield Sign(
        place=record.place,
        seen=f"`{name}` has shape {shape}: it is not one number, and PyTorch does not guess which of them to go "
        "back from.",
        instead=_reduced(step, name),
        evidence=(f"`{name}.shape` is {shape}",),
        also=(per_sample.place,) if per_sample is not None and per_sample.place.line != record.place.line else (),
    )


def _reduced(step: Step | None, name: str) -> str:
    if step is None or not step.text.startswith((name, "torch", "autograd", "grad")):
        return f"{name}.mean() before it goes back"
    return step.text.replace(name, f"{name}.mean()", 1)


def _unreduced(record: FailureRecord) -> Step | None:
    """The loss that was told to keep one number for each sample."""
    words = ("reduction='none'", 'reduction="none"', "reduce=False")
    return next(
        (s for s in record.origins(record.failing) if s.kind == "call" and any(w in s.text for w in words)), None
    )


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
    signs=signs,
)
