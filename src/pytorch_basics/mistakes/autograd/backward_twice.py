"""A5: ``backward`` is called a second time on a graph that the first call has used up."""

# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for backward().

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.reading.reused import AGAIN, Reuse, refused, reuse

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


def signs(record: Record) -> Iterator[Sign]:
    """The same loss, or a part that two losses share, is gone through again; other ways have mistakes of their own."""
    if not isinstance(record, FailureRecord) or not refused(record, AGAIN) or record.place is None:
        return
    found = reuse(record)
    loss = record.failing.text if record.failing else ""
    if found is None:
        yield Sign(
            place=record.place,
            seen=f"`{loss}` goes back through a graph that an earlier `backward()` has used up.",
            instead="the forward pass again before this line, or one `backward()` for the sum of the losses",
            evidence=("the message names a second time: the first has freed what the graph had saved",),
            sure=False,
        )
    elif found.what in ("same", "shared", "loss before the loop"):
        yield _sign(record, found, loss)


def _sign(record: FailureRecord, found: Reuse, loss: str) -> Sign:
    first = found.also[0].line if found.also else found.place.line
    if found.what == "same":
        return Sign(
            place=found.place,
            seen=f"`{loss}`: the graph of `{found.name}` was used up by the `backward()` at line {first}.",
            instead=f"one `{found.name}.backward()`; or compute `{found.name}` again before the second",
            evidence=(f"nothing computes `{found.name}` anew between line {first} and line {found.place.line}",),
            also=found.also,
        )
    if found.what == "loss before the loop":
        return Sign(
            place=found.place,
            seen=f"`{found.name}` is computed once, before the loop, and `{loss}` goes back through its graph in "
            "every round.",
            instead=f"`{found.name} = {found.text}` inside the loop, before `{loss}`",
            evidence=(f"line {found.place.line} stands before the loop, `{loss}` inside it",),
            also=found.also,
        )
    mine = next((a.text for a in record.operands if a.name == "self"), "loss")
    return Sign(
        place=found.place,
        seen=f"`{found.text}` and `{mine}` both come from `{found.name}`; `{found.text}.backward()` used up the "
        "part of the "
        f"graph behind `{found.name}`, and line {first} needs it again.",
        instead=f"({found.text} + {mine}).backward(), once, after both are computed",
        evidence=(f"`{found.name}` stands on the way from both losses",),
        also=found.also,
    )


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
    signs=signs,
)
