"""Training goes on from saved weights alone: the optimizer, the schedule and the random generators start anew."""
# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import torch

from pytorch_basics.mistakes.mistake import Answer, Mistake


def broken() -> Answer:
    w = torch.tensor(4.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.5, momentum=0.5)
    (2 * w).backward()
    optimizer.step()
    saved = w.detach().clone()

    again = saved.clone().requires_grad_()
    optimizer = torch.optim.SGD([again], lr=0.5, momentum=0.5)
    (2 * again).backward()
    optimizer.step()
    return Answer(given=again.item(), expected=1.5)


def fixed() -> Answer:
    w = torch.tensor(4.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.5, momentum=0.5)
    (2 * w).backward()
    optimizer.step()
    saved, state = w.detach().clone(), optimizer.state_dict()

    again = saved.clone().requires_grad_()
    optimizer = torch.optim.SGD([again], lr=0.5, momentum=0.5)
    optimizer.load_state_dict(state)
    (2 * again).backward()
    optimizer.step()
    return Answer(given=again.item(), expected=1.5)


MISTAKE = Mistake(
    id="evaluation.weights_are_the_run",
    code="",
    title="The weights are all there is to save",
    see="A run that was stopped and resumed goes another way than one that was not; the loss may jump. No error.",
    why="A run is more than its weights: the optimizer's velocities and rate, the scheduler's count, the random "
    "generators (the order of the data, dropout) and the number of the epoch decide on the next step, too.",
    instead="`torch.save({…}, path)` with the `state_dict()` of model, optimizer and scheduler, the states of the "
    "generators and the epoch; load them all before you go on",
    broken=broken,
    fixed=fixed,
)
