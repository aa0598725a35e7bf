"""``optimizer.step()`` changes weights in place that a later ``backward()`` still needs."""

# mypy: disable-error-code="no-untyped-call"
# PyTorch declares no types for backward().

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord, Frame
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.autograd import changed_weight
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.feeding import calls_in, feeding, holds_call
from pytorch_basics.mistakes.reading.lines import called, receiver, same_function
from pytorch_basics.mistakes.reading.reused import CHANGED, behind_loss, lasting, learns, refused


def _losses(critic: nn.Module, actor: nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
    score = critic(actor(torch.rand(4, 2)))
    return (score - 1).square().mean(), -score.mean()


def broken() -> object:
    actor, critic = nn.Linear(2, 3), nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 1))
    critics, actors = (torch.optim.SGD(net.parameters(), lr=0.1) for net in (critic, actor))
    critic_loss, actor_loss = _losses(critic, actor)
    critic_loss.backward(retain_graph=True)
    critics.step()
    actor_loss.backward()
    actors.step()
    return actor_loss


def fixed() -> object:
    actor, critic = nn.Linear(2, 3), nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 1))
    critics, actors = (torch.optim.SGD(net.parameters(), lr=0.1) for net in (critic, actor))
    critic_loss, actor_loss = _losses(critic, actor)
    critic_loss.backward(retain_graph=True)
    actor_loss.backward()
    critics.step()
    actors.step()
    return actor_loss


def signs(record: Record) -> Iterator[Sign]:
    """A step stands between the forward pass of a loss and its ``backward()``."""
    if not isinstance(record, FailureRecord) or not refused(record, CHANGED) or record.place is None:
        return
    if not changed_weight(record) or lasting(record) is not None:
        return
    found = next((one for frame in reversed(record.frames) for one in [_between(record, frame)] if one), None)
    if found is None:
        return
    place, node = found
    loss = record.failing.text if record.failing else "loss.backward()"
    yield Sign(
        place=place,
        seen=f"`{ast.unparse(node)}` changes weights in place that `{loss}` at line {record.place.line} still needs "
        "as they "
        "were in its forward pass.",
        instead=f"`{place.text}` after every `backward()` that uses these weights; or compute the loss of line "
        f"{record.place.line} again after the step",
        evidence=(f"PyTorch: {record.message.partition(': ')[2].partition('. Hint')[0]}",),
        also=(record.place,),
    )


def _between(record: FailureRecord, frame: Frame) -> tuple[Place, ast.Call] | None:
    """The call between the loss and what was running that steps an optimizer, or updates weights by hand."""
    mine = [
        s
        for s in behind_loss(record)
        if same_function(s.place, frame.place) and s.kind in ("layer", "call", "operator")
    ]
    ran = [
        s.place.line
        for s in mine
        if learns(record, s) or any(a.value and a.value.type == "Parameter" for a in s.operands)
    ]
    first = min([line for line in ran if line < frame.place.line], default=None)
    if first is None:
        return None
    steps = [
        (place, node)
        for place, node in calls_in(frame.place)
        if first <= place.line < frame.place.line and _steps(place, node)
    ]
    named = [one for one in steps if _holds(one[0], one[1], record)]
    return next(iter(named or steps), None)


def _steps(place: Place, node: ast.Call) -> bool:
    if called(node) == "step":
        made = (
            " ".join(ast.unparse(part) for _, part in feeding(place, node.func.value))
            if isinstance(node.func, ast.Attribute)
            else ""
        )
        return "lr_scheduler" not in made and "sched" not in receiver(node).lower() and "env" not in receiver(node)
    return holds_call(place.file, called(node), "step") and called(node) not in ("step", "forward")


def _holds(place: Place, node: ast.Call, record: FailureRecord) -> bool:
    """Whether this optimizer was made with the parameters of a model that the loss went through."""
    models = {a.text for s in behind_loss(record) for a in s.arguments if a.name == "func" and a.value}
    if not isinstance(node.func, ast.Attribute):
        return False
    made = [ast.unparse(part) for _, part in feeding(place, node.func.value)]
    return any(f"{model}.parameters" in text for model in models for text in made)


MISTAKE = Mistake(
    id="autograd.step_too_early",
    code="",
    title="optimizer.step() can stand right after the first backward()",
    see="The second loss's `backward()` says that a variable needed for gradient computation has been modified by "
    "an inplace "
    "operation, and names the shape of a weight.",
    why="`step()` writes the new weights over the old ones. A loss that was computed with the old ones needs them "
    "in its "
    "`backward()`; PyTorch counts the changes and refuses, since the gradient would be wrong.",
    instead="every `backward()` first, then the steps; or a new forward pass for the second loss",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
