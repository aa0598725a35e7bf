"""A learning rate scheduler gets something that is no optimizer, or more steps than it was made for."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

NO_OPTIMIZER = re.compile(r"(\w+) is not an Optimizer|'(\w+)' object has no attribute 'param_groups'")
ENDED = re.compile(r"Tried to step (\d+) times\. The specified number of total steps is (\d+)")
INITIAL = "param 'initial_lr' is not specified"
UNDEFINED = "You must define either total_steps OR (epochs AND steps_per_epoch)"


def broken() -> object:
    net = nn.Linear(3, 1)
    return torch.optim.lr_scheduler.StepLR(net, step_size=3)  # type: ignore[arg-type]  # the mistake


def fixed() -> object:
    net = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    return torch.optim.lr_scheduler.StepLR(optimizer, step_size=3)


def signs(record: Record) -> Iterator[Sign]:
    """The words of a scheduler's constructor or step."""
    if not isinstance(record, FailureRecord) or record.failing is None or record.place is None:
        return
    step, wrong, ended = record.failing, NO_OPTIMIZER.search(record.message), ENDED.search(record.message)
    made = record.call("__init__")
    if wrong is not None and made is not None and made.argument("optimizer") is not None:
        given = step.argument(0, "optimizer")
        text = given.text if given else "the first argument"
        yield Sign(
            place=step.place,
            seen=f"`{step.text}`: `{text}` is {_article(wrong[1] or wrong[2])}, and a scheduler changes the "
            "learning rate of an optimizer.",
            instead=step.text.replace(text, "optimizer", 1),
            evidence=(f"PyTorch: {record.message}",),
        )
    elif ended is not None:
        yield _ended(record, step, ended)
    elif INITIAL in record.message or UNDEFINED in record.message:
        resumed = INITIAL in record.message
        yield Sign(
            place=step.place,
            seen=f"`{step.text}`: "
            + (
                "last_epoch says that this goes on from before, and the optimizer is new."
                if resumed
                else "it does not know how many steps there will be."
            ),
            instead="no last_epoch; optimizer.load_state_dict and scheduler.load_state_dict bring the state back"
            if resumed
            else f"{step.text[:-1]}, epochs=epochs, steps_per_epoch=len(loader))",
            evidence=(f"PyTorch: {record.message.splitlines()[0]}",),
        )


def _article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _ended(record: FailureRecord, step: Step, match: re.Match[str]) -> Sign:
    held = next((a for a in step.operands if a.name == "self"), None)
    made = record.made(held)
    place = made.place if made is not None and made.kind == "call" else step.place
    return Sign(
        place=place,
        seen=f"The schedule was made for {match[2]} steps, and `{step.text}` at line {step.place.line} is the step "
        "after the last.",
        instead="total_steps=epochs * len(loader) for a step after each batch; total_steps=epochs for a step after "
        "each epoch",
        evidence=(f"PyTorch: {record.message.splitlines()[0]}",),
        also=(step.place,) if place.line != step.place.line else (),
    )


MISTAKE = Mistake(
    id="optim.scheduler_arguments",
    code="",
    title="A scheduler knows the training that it is part of",
    see="“Net is not an Optimizer”; “Tried to step 101 times. The specified number of total steps is 100”.",
    why="A scheduler writes the learning rate into an optimizer's groups each time `scheduler.step()` is called, "
    "and knows nothing else: "
    "not the model, and not how many batches an epoch has.",
    instead="the optimizer first, then as many steps as `step()` will be called",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
