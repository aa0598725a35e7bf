"""``scheduler.step()`` stands before ``optimizer.step()``, so the first learning rate is never used."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
import warnings
from collections.abc import Iterator

import torch
from torch.optim import lr_scheduler

from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.lines import assigned, called, calls, loops, receiver, same_function, statement


def _begin() -> tuple[torch.Tensor, torch.optim.Optimizer]:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    return w, torch.optim.SGD([w], lr=0.25)


def broken() -> None:
    w, optimizer = _begin()
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns once of this order
        for _ in range(4):
            scheduler.step()
            optimizer.zero_grad()
            ((w - 1) ** 2).sum().backward()
            optimizer.step()


def fixed() -> None:
    w, optimizer = _begin()
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(4):
        optimizer.zero_grad()
        ((w - 1) ** 2).sum().backward()
        optimizer.step()
        scheduler.step()


def signs(record: Record) -> Iterator[Sign]:
    """In a loop around an optimizer's step a scheduler's stands before it, whatever the round."""
    if not isinstance(record, RunRecord):
        return
    scheduled = {k for k, one in enumerate(record.optimizers) if "initial_lr" in dict(one.settings)}
    for step in dict.fromkeys(event.place for event in record.of("step") if event.which in scheduled):
        around = loops(step) if own(step) else []
        for place, call in calls(step.file, "step") if own(step) else ():
            if not same_function(place, step) or place.line >= step.line or call.args or call.keywords:
                continue
            loop = next(iter(loops(place)), None)
            if loop is None and not around:
                if not _one_block(place, step):
                    continue
            elif loop is None or not any(loop is one for one in around) or statement(place) not in loop.body:
                continue
            made = _scheduler(place, receiver(call))
            if made is not None:
                yield Sign(
                    place=place,
                    seen=f"`{place.text}` runs before `{step.text}` (line {step.line}): the first learning rate is "
                    "skipped, and every later one comes a round too early.",
                    instead=f"`{step.text}` first, then `{place.text}`",
                    evidence=(f"`{receiver(call)}` is made at line {made.line}; PyTorch warns of this order once",),
                    sure=False,
                    also=(step,),
                )
                return


def _one_block(place: Place, step: Place) -> bool:
    """Both stand, on a level, in a function that makes one step: what calls it is the loop."""
    source, here, there = source_of(place.file), statement(place), statement(step)
    above = source.parents.get(here) if source is not None and here is not None else None
    return isinstance(above, ast.FunctionDef) and here in above.body and there in above.body


def _scheduler(place: Place, name: str) -> Place | None:
    """Where this name is given a learning-rate scheduler of PyTorch's."""
    for at, node in assigned(place.file, name):
        kind = called(node.value) if isinstance(node, ast.Assign) and node.value is not None else ""
        if kind and isinstance(vars(lr_scheduler).get(kind), type):
            return at
    return None


MISTAKE = Mistake(
    id="optim.scheduler_before_step",
    code="",
    title="The scheduler sets the rate for the step that follows",
    see="A warning: “Detected call of `lr_scheduler.step()` before `optimizer.step()`”. The rate falls one round too "
    "early.",
    why="A scheduler sets its first rate when it is made. Each `scheduler.step()` goes on to the next one, so the "
    "first is gone before any step has used it.",
    instead="`optimizer.step()`, then `scheduler.step()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
