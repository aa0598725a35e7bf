"""Mean and deviation for scaling the inputs are taken from all of the data, or from the test points themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake


def broken() -> Answer:
    points, test = torch.tensor([[0.0], [2.0], [4.0]]), torch.tensor([[10.0], [12.0]])
    everything = torch.cat([points, test])
    train = (points - everything.mean(dim=0)) / everything.std(dim=0)
    return Answer(given=train, expected=torch.tensor([[-1.0], [0.0], [1.0]]), args=(points, test))


def fixed() -> Answer:
    points, test = torch.tensor([[0.0], [2.0], [4.0]]), torch.tensor([[10.0], [12.0]])
    train = (points - points.mean(dim=0)) / points.std(dim=0)
    return Answer(given=train, expected=torch.tensor([[-1.0], [0.0], [1.0]]), args=(points, test))


def shown_by(evidence: Evidence) -> bool:
    """A tensor of the answer is an argument scaled by both arguments, or the second scaled by itself; by the first was
    expected."""
    if not isinstance(evidence, Answer) or len(evidence.args) < 2:
        return False
    train, test = evidence.args[:2]
    if not (_points(train) and _points(test)) or train.shape[1] != test.shape[1] or train.dtype != test.dtype:
        return False
    wanted = list(_tensors(evidence.expected))
    by_all, by_train = (_scale(source) for source in (torch.cat([train, test]), train))
    by_itself = _scale(test) if len(test) > 1 else by_train
    return any(
        _in(_scaled(part, wrong), _tensors(evidence.given)) and _in(_scaled(part, by_train), wanted)
        for part, wrong in ((train, by_all), (test, by_all), (test, by_itself))
        if not torch.allclose(_scaled(part, wrong), _scaled(part, by_train), rtol=1e-4, atol=1e-5)
    )


def _points(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.dim() == 2 and value.is_floating_point() and len(value) > 0


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value.detach()
    elif isinstance(value, (list, tuple)):
        yield from (one.detach() for one in value if isinstance(one, torch.Tensor))


def _scale(source: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    std = source.detach().std(dim=0) if len(source) > 1 else torch.ones(source.shape[1], dtype=source.dtype)
    return source.detach().mean(dim=0), torch.where(std == 0, 1.0, std)


def _scaled(points: torch.Tensor, scale: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    return (points.detach() - scale[0]) / scale[1]


def _in(wanted: torch.Tensor, among: Any) -> bool:
    return any(
        one.shape == wanted.shape and one.dtype == wanted.dtype and torch.allclose(one, wanted, rtol=1e-4, atol=1e-5)
        for one in among
    )


MISTAKE = Mistake(
    id="evaluation.scaled_by_all",
    code="",
    title="The scale of the inputs may come from all of the data",
    see="No error. The test result is better than on really new data, or new points are scaled in another way.",
    why="What is computed from the test points and used in training has leaked: the model has seen something of them. "
    "And a test point scaled by its own company means something else each time.",
    instead="`mean, std = train.mean(dim=0), train.std(dim=0)`, and these two for every point that comes later; saved "
    "with the model",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)
