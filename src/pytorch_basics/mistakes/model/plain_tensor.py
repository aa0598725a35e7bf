"""M3: a tensor that is stored in ``self`` is taken for a parameter, or for a part of the model at all."""

import re
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.model import lost_names, trained
from pytorch_basics.mistakes.reading import empty_optimizer, unregistered

NAMES = ["weight", "mean", "output.weight", "output.bias"]
NOT_A_PARAMETER = re.compile(r"cannot assign '[\w.]*Tensor' as parameter '")


class _PlainTensors(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.ones(3, requires_grad=True)
        self.mean = torch.zeros(3)
        self.output = nn.Linear(3, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.output((x - self.mean) * self.weight)  # type: ignore[no-any-return]  # a module's call gives Any


class _Registered(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))
        self.register_buffer("mean", torch.zeros(3))
        self.mean: Tensor
        self.output = nn.Linear(3, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.output((x - self.mean) * self.weight)  # type: ignore[no-any-return]  # the same


def broken() -> Answer:
    with torch.random.fork_rng():
        model = _PlainTensors()
        trained(model, torch.ones(2, 3))
        return Answer(given=list(model.state_dict()), expected=NAMES)


def fixed() -> Answer:
    with torch.random.fork_rng():
        model = _Registered()
        trained(model, torch.ones(2, 3))
        return Answer(given=list(model.state_dict()), expected=NAMES)


def shown_by(evidence: Evidence) -> bool:
    """The module's own tensors (no dot in their names) are missing, or a plain one was put in a parameter's place."""
    if isinstance(evidence, Raised):
        return evidence.kind == "TypeError" and NOT_A_PARAMETER.match(evidence.message) is not None
    if not isinstance(evidence, Answer):
        return False
    lost = [names for names, _ in lost_names(evidence.given, evidence.expected)]
    return any(all("." not in name and not name.isdigit() for name in names) for names in lost)


def signs(record: Record) -> Iterator[Sign]:
    """Tensors that require grad, in use in a run, that the model does not list."""
    if isinstance(record, RunRecord):
        yield from unregistered.tensors(record)
    else:
        yield from empty_optimizer.plain_tensors(record)


MISTAKE = Mistake(
    id="model.plain_tensor",
    code="M3",
    title="A tensor that I store in self is part of the model",
    see="`named_parameters()` and `state_dict()` do not list it, so it is not trained, not saved, and not moved by "
    "`.to(…)`. No error says so, with `requires_grad=True` neither.",
    why="A module registers modules and `nn.Parameter`s that are assigned to it. A plain tensor is for it an "
    "attribute like any other.",
    instead='`self.weight = nn.Parameter(torch.…)` for numbers to learn; `self.register_buffer("mean", tensor)` for '
    "numbers to keep but not to learn",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)
