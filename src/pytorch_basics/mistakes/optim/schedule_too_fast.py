"""A scheduler brings the learning rate down to nothing: it counts epochs, and is stepped for every batch."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import OptimizerRecord, RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.lines import calls, loops, receiver, same_function

NOTHING = 1e-8  # of the rate that it began with; a cosine or a line that ends at 0 is above until its very end


def _train(gamma: float) -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma)
    for _ in range(40):
        optimizer.zero_grad()
        ((w - 1) ** 2).sum().backward()
        optimizer.step()
        scheduler.step()


def broken() -> None:
    _train(gamma=0.1)


def fixed() -> None:
    _train(gamma=0.95)


def signs(record: Record) -> Iterator[Sign]:
    """An optimizer with a scheduler, whose rate has become a hundred-millionth of what it was."""
    if not isinstance(record, RunRecord):
        return
    for one in record.optimizers:
        settings = dict(one.settings)
        begun, now = settings.get("initial_lr"), settings.get("lr")
        if not isinstance(begun, float | int) or not isinstance(now, float | int) or begun <= 0 or now == 0:
            continue
        place = _scheduler_steps(record, one) or one.made
        if now >= NOTHING * begun or place is None or not own(place):
            continue
        yield Sign(
            place=place,
            seen=f"The scheduler has brought the learning rate from {begun:g} down to {now:.1g}: the steps since then "
            "change nothing.",
            instead=f"`{place.text}` once for each epoch, after the loop over the batches; or a schedule that counts "
            "batches",
            evidence=(f"`{one.name}` began with lr={begun:g} and has lr={now:.1g} after {one.steps} steps",),
            sure=False,
            also=tuple(p for p in (one.made,) if p is not None and p != place),
        )


def _scheduler_steps(record: RunRecord, one: OptimizerRecord) -> Place | None:
    """Another ``step()`` beside the optimizer's own, in the same loop if there is one."""
    steps = [event.place for event in record.of("step") if own(event.place)]
    if not steps:
        return None
    last = steps[-1]
    taken = {(place.file, place.line) for place in steps}
    others = [
        place
        for place, call in calls(last.file, "step")
        if receiver(call) and (place.file, place.line) not in taken and same_function(place, last)
    ]
    inner = [place for place in others if [*map(id, loops(place))] == [*map(id, loops(last))]]
    return next(iter(inner or others), None)


MISTAKE = Mistake(
    id="optim.schedule_too_fast",
    code="",
    title="scheduler.step() belongs beside optimizer.step()",
    see="The loss falls in the first epoch and then stays where it is. No error.",
    why="`StepLR(step_size=30)` or `ExponentialLR(0.9)` are meant for epochs. Stepped once for each batch they go "
    "through hundreds of epochs in one, and the learning rate is as good as 0.",
    instead="`scheduler.step()` after the loop over the batches; per batch only schedules that count batches "
    "(`OneCycleLR`)",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
