"""O4: the optimizer was given other parameters than those that the model has now."""

# PyTorch declares no types for `backward`, and `.grad` as maybe None; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call, operator"

from typing import Any

import torch
from torch import nn

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake
from pytorch_basics.mistakes.operations.star_is_matmul import alike, plain


def broken() -> Answer:
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    model[1] = nn.Linear(3, 1)
    return _one_step(model, optimizer)


def fixed() -> Answer:
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    model[1] = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    return _one_step(model, optimizer)


def _one_step(model: nn.Module, optimizer: torch.optim.Optimizer) -> Answer:
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    model(torch.ones(4, 2)).mean().backward()
    optimizer.step()
    expected = {name: start[name] - 0.5 * p.grad for name, p in model.named_parameters()}
    return Answer(given=dict(model.named_parameters()), expected=expected, args=(start,))


def shown_by(evidence: Evidence) -> bool:
    """Of several parameters some took their step; others are where they began, although a gradient has reached them."""
    if not isinstance(evidence, Answer):
        return False
    given, expected = _listed(evidence.given), _listed(evidence.expected)
    return any(_in_part(given, expected, _listed(start)) for start in evidence.args)


def _in_part(given: list[Any], expected: list[Any], start: list[Any]) -> bool:
    if len(given) < 2 or not len(given) == len(expected) == len(start):
        return False
    rows = list(zip(given, expected, start, strict=True))
    if not all(all(map(plain, row)) and row[0].shape == row[1].shape == row[2].shape for row in rows):
        return False
    moving = [row for row in rows if not alike(row[1], row[2])]
    took_it = [mine for mine, theirs, _ in moving if alike(mine, theirs)]
    stayed = [mine for mine, _, began in moving if alike(mine, began) and _reached(mine)]
    return bool(took_it) and bool(stayed) and len(took_it) + len(stayed) == len(moving)


def _reached(parameter: torch.Tensor) -> bool:
    return parameter.is_leaf and parameter.grad is not None and bool(parameter.grad.any())


def _listed(value: Any) -> list[Any]:
    """What a dict, list or tuple holds, in its order."""
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else []


MISTAKE = Mistake(
    id="optim.holds_other_parameters",
    code="O4",
    title="The optimizer follows the model",
    see="Some layers learn and others never move, or none does, although every gradient is there. No error, no "
    "warning.",
    why="An optimizer knows nothing of the model. It holds the tensors that it was given when it was made. A layer "
    "that was replaced or added later has new ones.",
    instead="the model first, complete, and then `torch.optim.SGD(model.parameters(), …)`; or "
    '`optimizer.add_param_group({"params": model.head.parameters()})` for what comes later',
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
